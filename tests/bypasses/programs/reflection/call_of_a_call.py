# A function's own `__call__` is called.
# expect: process_spawn
import os

os.system.__call__("id")
