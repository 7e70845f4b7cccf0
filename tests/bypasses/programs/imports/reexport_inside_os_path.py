# `os.path` knows its parent.
# expect: process_spawn
import os.path as p

p.os.system("id")
