# `super()` goes to the next class of the instance, which cleans up in the folder.
import os


class A:
    def go(self):
        return print


class B(A):
    def go(self):
        return super().go()


class C(A):
    def go(self):
        return os.remove


class D(B, C):
    pass


D().go()("/workspace/old.csv")
