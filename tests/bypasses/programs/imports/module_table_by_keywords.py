# The table of modules becomes the attributes of an object.
# expect: process_spawn
import sys
from types import SimpleNamespace

SimpleNamespace(**sys.modules).os.system("id")
