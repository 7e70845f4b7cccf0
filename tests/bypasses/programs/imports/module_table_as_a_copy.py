# The table of modules is copied before it is looked into.
# expect: dynamic_code
import sys

dict(sys.modules)["os"].getcwd()
