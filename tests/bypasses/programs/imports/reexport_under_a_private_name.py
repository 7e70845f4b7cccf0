# `random` imports `os` under a private name.
# expect: process_spawn
import random

random._os.system("id")
