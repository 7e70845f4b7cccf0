# `methodcaller` calls by text.
# expect: process_spawn
import operator, os

operator.methodcaller("system", "id")(os)
