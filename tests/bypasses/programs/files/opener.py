# `open` opens by a function that it is given.
# expect: file_operation
import os

open("/workspace/x", opener=lambda path, flags: os.open("/etc/passwd", flags))
