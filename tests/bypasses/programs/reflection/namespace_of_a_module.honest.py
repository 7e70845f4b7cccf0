# A dictionary of an object's own fields is looked into.
import types

print(vars(types.SimpleNamespace(system="metric"))["system"])
