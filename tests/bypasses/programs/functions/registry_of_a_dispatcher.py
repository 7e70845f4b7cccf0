# A function is registered for a type and taken out of the table.
# expect: file_operation
import functools
import os


@functools.singledispatch
def act(what):
    return what


act.register(str)(os.remove)
act.registry[str]("/etc/passwd")
