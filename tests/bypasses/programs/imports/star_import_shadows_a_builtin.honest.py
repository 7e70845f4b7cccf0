# After the star import of another module `open` is the builtin one.
from math import *

open("/workspace/data.csv")
print(sqrt(2))
