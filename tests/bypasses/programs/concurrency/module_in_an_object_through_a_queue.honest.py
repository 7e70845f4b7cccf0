# A queue gives out an object with rows inside.
import queue


class H:
    pass


h = H()
h.m = [1, 2]
q = queue.Queue()
q.put(h)
print(q.get().m.count(1))
