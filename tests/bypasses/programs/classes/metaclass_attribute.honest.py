# A class has the attributes of its metaclass.
import math


class M(type):
    mod = math


class A(metaclass=M):
    pass


print(A.mod.sqrt(2))
