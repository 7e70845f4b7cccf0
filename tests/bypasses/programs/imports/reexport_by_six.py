# A compatibility layer hands out the builtins.
# expect: dynamic_code
from six.moves import builtins

builtins.eval("1 + 1")
