# `reduce` calls what it is given.
# expect: process_spawn
import functools, os

functools.reduce(lambda f, x: f(x), ["id"], os.system)
