# The object whose attribute is read is given before its name.
# expect: process_spawn
import functools
import os

functools.partial(getattr, os)("system")("id")
