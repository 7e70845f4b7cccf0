# A table turns a text into the name of a function that counts.
import builtins

name = "tvn".translate(str.maketrans("tvn", "sum"))
print(getattr(builtins, name)([1]))
