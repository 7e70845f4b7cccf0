# A partial method brings arguments along.
# expect: file_operation
import os, functools


class A:
    def run(self, m, p):
        m.remove(p)

    go = functools.partialmethod(run, os, "/etc/passwd")


A().go()
