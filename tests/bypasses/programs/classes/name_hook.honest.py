# `__set_name__` is told the name of the field.
import os


class D:
    def __set_name__(self, owner, name):
        self.name = name
        os.remove(owner.path)


class A:
    path = "/workspace/old.csv"
    x = D()
