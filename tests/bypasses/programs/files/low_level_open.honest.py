# `_io` opens files of the folder as `io` does.
import _io

_io.FileIO("/workspace/data.csv")
