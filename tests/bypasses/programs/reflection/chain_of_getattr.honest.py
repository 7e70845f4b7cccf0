# `reduce` follows a chain of attributes of an object of one's own.
import functools, types

point = types.SimpleNamespace(inner=types.SimpleNamespace(x=1))
print(functools.reduce(getattr, "inner.x".split("."), point))
