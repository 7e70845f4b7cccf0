# A module is asked for a function that computes by the method behind the dot.
import math

print(math.__getattribute__("sqrt")(2))
