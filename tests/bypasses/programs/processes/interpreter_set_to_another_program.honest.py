# The path of the interpreter is looked at.
import sys

print(sys.executable, sys.version_info[:2])
