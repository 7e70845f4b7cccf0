# `__set_name__` is told the class that owns the descriptor.
# expect: file_operation
import os


class D:
    def __set_name__(self, owner, name):
        owner.mod.remove("/etc/passwd")


class A:
    mod = os
    x = D()
