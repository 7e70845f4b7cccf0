# A metaclass decides what subscribing the class gives.
# expect: file_operation
import os


class M(type):
    def __getitem__(cls, n):
        return os


class A(metaclass=M):
    pass


A["x"].remove("/etc/passwd")
