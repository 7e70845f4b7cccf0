# A function's defaults are looked at.
import math


def f(m=math):
    return m.sqrt(2)


print(f.__defaults__, f())
