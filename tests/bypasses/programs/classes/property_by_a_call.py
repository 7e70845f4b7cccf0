# A property is made without a decorator.
# expect: file_operation
import os


class A:
    x = property(lambda self: os)


A().x.remove("/etc/passwd")
