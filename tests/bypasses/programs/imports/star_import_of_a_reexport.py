# A star import takes a module that the module itself imported.
# expect: process_spawn
from pandas.io.common import *

os.system("id")
