# An exception has a cause.
# expect: file_operation
import os


class E(Exception):
    pass


try:
    raise ValueError from E(os)
except ValueError as x:
    x.__cause__.args[0].remove("/etc/passwd")
