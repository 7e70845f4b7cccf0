# A metaclass decides what subscribing the class gives: a figure.
import math


class M(type):
    def __getitem__(cls, n):
        return math


class A(metaclass=M):
    pass


print(A["x"].sqrt(2))
