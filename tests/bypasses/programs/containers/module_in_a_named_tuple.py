# A named tuple is unpacked.
# expect: file_operation
import os, collections

N = collections.namedtuple("N", "a b")
x, y = N(1, os)
y.remove("/etc/passwd")
