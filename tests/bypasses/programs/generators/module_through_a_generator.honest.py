# A module that counts is yielded.
import math


def give():
    yield math


print(next(give()).sqrt(2))
