# `yield from` gives the file of the folder that the generator returns.
import os


def g():
    yield 1
    return "/workspace/old.csv"


def h():
    m = yield from g()
    os.remove(m)


list(h())
