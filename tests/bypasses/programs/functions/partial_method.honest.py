# A partial method brings a module that counts along.
import math, functools


class A:
    def run(self, m, n):
        print(m.sqrt(n))

    go = functools.partialmethod(run, math, 2)


A().go()
