# An enumeration has partial calls for members, all of which stay in the folder.
import os, enum, functools


class E(enum.Enum):
    A = functools.partial(os.remove)


for e in E:
    e.value("/workspace/old.csv")
