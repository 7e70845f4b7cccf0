# A scheduler cleans up in the folder.
import os, sched

s = sched.scheduler()
s.enter(0, 1, os.remove, ("/workspace/old.csv",))
s.run()
