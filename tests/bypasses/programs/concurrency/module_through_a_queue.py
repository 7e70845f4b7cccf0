# A queue gives out what was put in.
# expect: gap
import os, queue

q = queue.Queue()
q.put(os)
q.get().remove("/etc/passwd")
