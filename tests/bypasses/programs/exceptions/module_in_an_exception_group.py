# An exception is one of a group.
# expect: file_operation
import os

try:
    raise ExceptionGroup("x", [ValueError(os)])
except* ValueError as g:
    g.exceptions[0].args[0].remove("/etc/passwd")
