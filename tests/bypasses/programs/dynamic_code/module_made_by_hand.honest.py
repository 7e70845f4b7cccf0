# A namespace made by hand is filled by values.
import types

m = types.SimpleNamespace()
m.total = 3
print(m.total)
