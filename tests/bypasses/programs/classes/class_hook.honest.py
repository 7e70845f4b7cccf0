# Subscribing an instance calls a function that counts.
import os


class Lengths:
    __getitem__ = staticmethod(len)


print(Lengths()["id"])
