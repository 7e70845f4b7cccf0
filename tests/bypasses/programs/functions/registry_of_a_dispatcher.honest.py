# A harmless function is registered for a type and taken out of the table.
import functools


@functools.singledispatch
def act(what):
    return what


act.register(str)(len)
print(act.registry[str]("/etc/passwd"), act.dispatch(str)("/etc/passwd"))
