# A queue gives out the rows that were put in.
import queue

q = queue.Queue()
q.put([1, 2])
print(q.get().count(1))
