# A module is found in an enclosing scope.
# expect: process_spawn
import os


def outer(m):
    def inner(command):
        return m.system(command)

    return inner


outer(os)("id")
