# `map` calls what it is given.
# expect: process_spawn
import os

list(map(os.system, ["id"]))
