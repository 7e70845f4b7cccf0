# `open` opens a file of the folder by a function that opens another one of it.
import os

open("/workspace/x", opener=lambda path, flags: os.open("/workspace/y", os.O_RDONLY))
