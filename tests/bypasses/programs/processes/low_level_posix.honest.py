# `posix` is what `os` is made of, and lists the folder.
import posix

posix.listdir("/workspace")
