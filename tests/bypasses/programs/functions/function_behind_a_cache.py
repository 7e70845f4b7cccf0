# A cached function keeps the original.
# expect: file_operation
import os, functools


@functools.lru_cache(maxsize=None)
def f():
    return os


f.__wrapped__().remove("/etc/passwd")
