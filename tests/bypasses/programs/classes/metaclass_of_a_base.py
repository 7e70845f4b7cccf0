# A metaclass is inherited.
# expect: file_operation
import os


class M(type):
    def __call__(cls, *a):
        return os


class B(metaclass=M):
    pass


class A(B):
    pass


A().remove("/etc/passwd")
