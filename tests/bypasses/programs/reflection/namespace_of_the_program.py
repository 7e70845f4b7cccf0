# The builtins stand in the program's own namespace.
# expect: dynamic_code
globals()["__builtins__"].eval("1")
