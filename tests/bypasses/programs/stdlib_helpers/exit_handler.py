# An exit handler is called later.
# expect: process_spawn
import atexit, os

atexit.register(os.system, "id")
