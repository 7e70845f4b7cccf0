# `__setattr__` is told what any attribute is set to, and removes it from the folder.
import os


class A:
    def __setattr__(self, n, v):
        os.remove(v)


A().x = "/workspace/old.csv"
