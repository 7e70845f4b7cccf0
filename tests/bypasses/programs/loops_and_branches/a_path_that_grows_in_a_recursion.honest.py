# A path counts the calls of a function by itself.
def f(n):
    open(f"/workspace/a{int(n)}")
    if n:
        f(n - 1)


f(9)
