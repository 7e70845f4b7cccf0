# The loaded modules are tried one by one.
# expect: gap
import sys

for module in sys.modules.values():
    if hasattr(module, "system"):
        module.system("id")
