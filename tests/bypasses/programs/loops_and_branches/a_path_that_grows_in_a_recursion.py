# A path climbs one folder with every call of itself.
# expect: file_operation
def f(p, n):
    open(p)
    if n:
        f(p + "/..", n - 1)


f("/workspace/a", 9)
