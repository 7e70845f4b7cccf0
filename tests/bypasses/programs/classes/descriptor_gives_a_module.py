# A descriptor decides what an attribute is.
# expect: file_operation
import os


class D:
    def __get__(self, o, t):
        return os


class A:
    x = D()


A().x.remove("/etc/passwd")
