# A finalizer is called when its object is gone.
# expect: process_spawn
import os, weakref


class A:
    pass


weakref.finalize(A(), os.system, "id")
