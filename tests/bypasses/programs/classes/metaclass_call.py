# A metaclass decides what calling the class gives.
# expect: file_operation
import os


class M(type):
    def __call__(cls, *a):
        return os


class A(metaclass=M):
    pass


A().remove("/etc/passwd")
