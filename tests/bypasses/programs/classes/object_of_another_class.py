# An object changes its class.
# expect: file_operation
import os


class A:
    def go(self):
        return print


class B:
    def go(self):
        return os


a = A()
a.__class__ = B
a.go().remove("/etc/passwd")
