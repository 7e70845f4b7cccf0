# A queue gives out an object with a module inside.
# expect: gap
import os, queue


class H:
    pass


h = H()
h.m = os
q = queue.Queue()
q.put(h)
q.get().m.remove("/etc/passwd")
