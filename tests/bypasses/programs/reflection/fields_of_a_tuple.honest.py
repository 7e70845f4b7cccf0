# The fields of a tuple are read by their names.
from collections import namedtuple

Tool = namedtuple("Tool", "name weight")
tool = Tool("hammer", 2)
for field in tool._fields:
    print(field, getattr(tool, field))
