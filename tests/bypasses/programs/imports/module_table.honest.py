# A program asks which modules are loaded.
import sys

print("math" in sys.modules)
