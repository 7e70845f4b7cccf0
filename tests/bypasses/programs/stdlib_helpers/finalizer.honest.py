# A finalizer cleans up in the folder.
import os, weakref


class A:
    pass


weakref.finalize(A(), os.remove, "/workspace/old.csv")
