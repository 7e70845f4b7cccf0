# A module is asked for its function by the method behind the dot.
# expect: process_spawn
import os

os.__getattribute__("system")("id")
