# A generic function calls what was registered.
# expect: file_operation
import os, functools


@functools.singledispatch
def f(x):
    pass


@f.register(int)
def _(x):
    return os


f(1).remove("/etc/passwd")
