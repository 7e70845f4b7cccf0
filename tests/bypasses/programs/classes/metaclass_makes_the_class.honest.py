# A metaclass keeps a table of its classes.
import math


class M(type):
    def __new__(m, n, b, d):
        d["mod"] = math
        return super().__new__(m, n, b, d)


class A(metaclass=M):
    pass


print(A.mod.sqrt(2))
