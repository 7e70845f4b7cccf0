# The `else` of a loop that was left by `break` puts nothing right.
# expect: file_operation
paths = ["/workspace/a"]
for path in ["/etc/passwd", "/workspace/b"]:
    paths[0] = path
    if path:
        break
else:
    paths[0] = "/workspace/a"
open(paths[0], "w")
