# `list.append` is called as a function, and what it appended is removed from the folder.
import os

x = []
list.append(x, "/workspace/old.csv")
os.remove(x[0])
