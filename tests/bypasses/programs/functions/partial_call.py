# A partial call holds its function and arguments.
# expect: process_spawn
import functools, os

functools.partial(os.system, "id")()
