# A named tuple with a file of the folder is unpacked.
import os, collections

N = collections.namedtuple("N", "a b")
x, y = N(1, "/workspace/old.csv")
os.remove(y)
