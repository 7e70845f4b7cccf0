# `eval` by an item of a dictionary.
# expect: dynamic_code
import builtins

builtins.__dict__["ev" + "al"]("1")
