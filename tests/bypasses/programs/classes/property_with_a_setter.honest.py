# The setter has the same name as the getter.
import os


class A:
    @property
    def x(self):
        return "/workspace/old.csv"

    @x.setter
    def x(self, v):
        pass


os.remove(A().x)
