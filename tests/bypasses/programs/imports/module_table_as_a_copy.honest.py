# The names in the table of modules are counted.
import sys

print(len(sys.modules), sorted(sys.modules)[:3], "numpy" in sys.modules)
