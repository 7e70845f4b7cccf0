# A function is replaced.
def f():
    return 1


def g():
    return 2


f = g
print(f())
