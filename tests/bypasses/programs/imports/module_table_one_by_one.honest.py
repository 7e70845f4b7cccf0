# The names of the loaded modules are listed.
import sys

for name in sys.modules:
    if not name.startswith("_"):
        print(name)
