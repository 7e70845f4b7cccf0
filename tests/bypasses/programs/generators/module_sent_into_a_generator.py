# A generator is sent a module.
# expect: file_operation
import os


def g():
    x = yield
    x.remove("/etc/passwd")


h = g()
next(h)
h.send(os)
