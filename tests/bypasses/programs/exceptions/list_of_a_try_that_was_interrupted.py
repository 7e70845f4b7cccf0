# A list that a `try` makes and changes still holds what it held when something was raised.
# expect: file_operation
try:
    paths = ["/workspace/a"]
    paths[0] = "/etc/passwd"
    int("none")
    paths[0] = "/workspace/a"
except ValueError:
    pass
open(paths[0], "w")
