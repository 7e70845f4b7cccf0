# An exit stack calls what it is given.
# expect: process_spawn
import contextlib, os

with contextlib.ExitStack() as stack:
    stack.callback(os.system, "id")
