# Where imports come from is looked at.
import sys

print(sys.path[0], len(sys.path))
