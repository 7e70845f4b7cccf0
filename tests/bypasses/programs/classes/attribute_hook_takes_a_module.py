# `__setattr__` is told what any attribute is set to.
# expect: file_operation
import os


class A:
    def __setattr__(self, n, v):
        v.remove("/etc/passwd")


A().x = os
