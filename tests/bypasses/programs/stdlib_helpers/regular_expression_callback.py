# `re.sub` calls its replacement.
# expect: process_spawn
import os, re

re.sub("x", os.system, "x")
