# A scheduler calls what it is given, at its time.
# expect: process_spawn
import os, sched

s = sched.scheduler()
s.enter(0, 1, os.system, ("id",))
s.run()
