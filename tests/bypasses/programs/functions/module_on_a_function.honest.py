# A function keeps count of its calls in an attribute.
import math


def f():
    f.x = math


f.x = math
print(f.x.sqrt(2))
