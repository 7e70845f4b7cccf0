# Any callable can stand for a metaclass.
# expect: file_operation
import os


def meta(name, bases, ns):
    return os


class A(metaclass=meta):
    pass


A.remove("/etc/passwd")
