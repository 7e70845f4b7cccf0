# A path in an attribute climbs one folder with every turn of a loop.
# expect: file_operation
class N:
    pass


n = N()
n.p = "/workspace/a"
for _ in range(20):
    open(n.p)
    n.p = n.p + "/.."
