# The end of a generator is an exception that carries a count.
def g():
    return 3
    yield


try:
    next(g())
except StopIteration as e:
    print(e.value + 1)
