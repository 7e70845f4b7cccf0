# A metaclass adds to the namespace after the body ran.
# expect: file_operation
import os


class M(type):
    def __new__(m, n, b, d):
        d["mod"] = os
        return super().__new__(m, n, b, d)


class A(metaclass=M):
    pass


A.mod.remove("/etc/passwd")
