# A module that counts travels in an exception.
import math

try:
    raise ValueError(math)
except ValueError as error:
    print(error.args[0].sqrt(2))
