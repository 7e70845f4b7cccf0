# A compatibility layer hands out a harmless builtin.
from six.moves import builtins

print(builtins.max(1, 2))
