# `_io` opens files as `io` does.
# expect: file_operation
import _io

_io.FileIO("/etc/passwd")
