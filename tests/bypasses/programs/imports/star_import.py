# A star import brings `system` without naming it.
# expect: process_spawn
from os import *

system("id")
