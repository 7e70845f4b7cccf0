# A descriptor is told what an attribute is set to.
# expect: file_operation
import os


class D:
    def __set__(self, o, v):
        v.remove("/etc/passwd")


class A:
    x = D()


A().x = os
