# `__getattribute__` decides what any attribute is.
# expect: file_operation
import os


class A:
    def __getattribute__(self, n):
        return os


A().x.remove("/etc/passwd")
