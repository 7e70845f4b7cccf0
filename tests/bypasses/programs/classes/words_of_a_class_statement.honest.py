# The words behind the bases name a module that counts.
import math


class A:
    def __init_subclass__(cls, **words):
        print(words["m"].sqrt(2))


class B(A, m=math):
    pass
