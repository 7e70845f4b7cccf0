# `reduce` follows a chain of attributes.
# expect: dynamic_code
import functools

functools.reduce(getattr, "__class__.__base__.__subclasses__".split("."), ())()
