# `sorted` calls its key.
# expect: process_spawn
import os

sorted(["id"], key=os.system)
