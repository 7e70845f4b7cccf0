# The end of a generator is an exception that carries what it returned.
# expect: gap
import os


def g():
    return os
    yield


try:
    next(g())
except StopIteration as e:
    e.value.remove("/etc/passwd")
