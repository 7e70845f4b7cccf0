# A dictionary of files is updated in place, under another name.
import os

d = {}
e = d
d |= {"k": "/workspace/old.csv"}
os.remove(e["k"])
