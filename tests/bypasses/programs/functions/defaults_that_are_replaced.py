# A function's defaults are replaced.
# expect: dynamic_code
import os


def f(m=print):
    m("/etc/passwd")


f.__defaults__ = (os.remove,)
f()
