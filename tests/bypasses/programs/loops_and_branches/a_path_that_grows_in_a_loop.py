# A path climbs one folder with every turn of a loop.
# expect: file_operation
p = "/workspace/a"
for _ in range(20):
    open(p)
    p = p + "/.."
