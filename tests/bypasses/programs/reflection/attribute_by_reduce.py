# A chain of attributes is a list of names.
# expect: process_spawn
import functools
import linecache

functools.reduce(getattr, ["os", "system"], linecache)("id")
