# A star import brings `remove` without naming it, and it cleans up in the folder.
from os import *

remove("/workspace/old.csv")
