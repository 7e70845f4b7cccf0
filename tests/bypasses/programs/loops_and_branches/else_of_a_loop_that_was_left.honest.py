# The `else` of a loop over files of the folder.
paths = ["/workspace/a"]
for path in ["/workspace/c", "/workspace/b"]:
    paths[0] = path
    if path:
        break
else:
    paths[0] = "/workspace/a"
open(paths[0], "w")
