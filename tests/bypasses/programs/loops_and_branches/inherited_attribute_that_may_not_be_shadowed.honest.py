# A class says on one branch alone that it removes nothing.
import os, sys


class B:
    f = os.remove


class A(B):
    if len(sys.argv) > 9:
        f = print


A.f("/workspace/old.csv")
