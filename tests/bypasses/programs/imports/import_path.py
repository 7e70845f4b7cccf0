# Where imports come from can be changed.
# expect: dynamic_code
import sys

sys.path.insert(0, "/workspace")
