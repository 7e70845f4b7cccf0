# An exception holds a module among its arguments.
# expect: file_operation
import os

try:
    raise ValueError(os)
except ValueError as e:
    e.args[0].remove("/etc/passwd")
