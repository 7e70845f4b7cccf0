# An enumeration has a partial call for a member.
# expect: file_operation
import os, enum, functools


class E(enum.Enum):
    A = functools.partial(os.remove)


for e in E:
    e.value("/etc/passwd")
