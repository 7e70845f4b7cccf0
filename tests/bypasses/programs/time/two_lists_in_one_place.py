# Two short-lived lists can stand at the same address, one after the other.
# expect: file_operation
import os


def f(x):
    x[0]("/etc/passwd")


f([print])
f([os.remove])
