# `yield from` gives what the generator returns.
# expect: file_operation
import os


def g():
    yield 1
    return os


def h():
    m = yield from g()
    m.remove("/etc/passwd")


list(h())
