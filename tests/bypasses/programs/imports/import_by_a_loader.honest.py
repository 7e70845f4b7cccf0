# Whether a module is there is asked without loading it.
import importlib.util

print(importlib.util.find_spec("numpy") is not None)
