# A path that is one of two in the folder, after an error that is suppressed.
import contextlib

path = "/workspace/a"
with contextlib.suppress(ValueError):
    path = "/workspace/b"
    int("none")
    path = "/workspace/a"
open(path, "w")
