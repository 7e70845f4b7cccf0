# A table turns one name into another.
# expect: dynamic_code
import builtins

name = "fwbm".translate(str.maketrans("fwbm", "eval"))
getattr(builtins, name)("1")
