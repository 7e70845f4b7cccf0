# A function has attributes.
# expect: file_operation
import os


def f():
    pass


f.x = os
f.x.remove("/etc/passwd")
