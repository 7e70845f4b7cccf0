# A generic function writes numbers in its own way.
import math, functools


@functools.singledispatch
def f(x):
    return math


@f.register(int)
def _(x):
    return math


print(f(1).sqrt(2))
