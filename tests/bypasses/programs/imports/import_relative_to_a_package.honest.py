# An import of what computes counts from a package that is named beside it.
import importlib

print(importlib.import_module(".parse", "urllib").quote("a b"))
