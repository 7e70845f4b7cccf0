# A property is made without a decorator.
import os


class A:
    x = property(lambda self: "/workspace/old.csv")


os.remove(A().x)
