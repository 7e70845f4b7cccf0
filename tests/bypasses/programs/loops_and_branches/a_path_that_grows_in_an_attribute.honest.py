# A path in an attribute counts the turns of a loop.
class N:
    pass


n = N()
n.p = "/workspace/a"
for turn in range(20):
    open(n.p)
    n.p = f"/workspace/a{turn}"
