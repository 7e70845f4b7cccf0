# A generator reads names when it is consumed, not when it is made.
# expect: file_operation
import os

f = print


def g():
    yield f("/etc/passwd")


x = g()
f = os.remove
list(x)
