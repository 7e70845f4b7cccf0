# A class has the attributes of its metaclass.
# expect: file_operation
import os


class M(type):
    mod = os


class A(metaclass=M):
    pass


A.mod.remove("/etc/passwd")
