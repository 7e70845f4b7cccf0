# `random` imports `os` under a private name, and it cleans up in the folder.
import random

random._os.remove("/workspace/old.csv")
