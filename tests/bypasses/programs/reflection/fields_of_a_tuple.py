# The fields of a tuple are read by their names, and one of them holds a module.
# expect: process_spawn
import os
from collections import namedtuple

Tool = namedtuple("Tool", "name module")
tool = Tool("os", os)
for field in tool._fields:
    if field == "module":
        getattr(tool, field).system("id")
