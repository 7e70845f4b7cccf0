# A list that a `try` makes and changes still holds what it held, in the folder.
try:
    paths = ["/workspace/a"]
    paths[0] = "/workspace/b"
    int("none")
    paths[0] = "/workspace/a"
except ValueError:
    pass
open(paths[0], "w")
