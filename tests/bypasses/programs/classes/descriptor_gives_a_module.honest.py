# A descriptor decides what an attribute is: a module that counts.
import math


class D:
    def __get__(self, o, t):
        return math


class A:
    x = D()


print(A().x.sqrt(2))
