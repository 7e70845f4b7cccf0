# `__getattribute__` decides what any attribute is: a module that counts.
import math


class A:
    def __getattribute__(self, n):
        return math


print(A().x.sqrt(2))
