# What a `with` that suppresses would put right behind the error, it does not.
# expect: file_operation
import contextlib

path = "/workspace/a"
with contextlib.suppress(ValueError):
    path = "/etc/passwd"
    int("none")
    path = "/workspace/a"
open(path, "w")
