# The object whose attribute is read computes.
import functools
import math

print(functools.partial(getattr, math)("sqrt")(2))
