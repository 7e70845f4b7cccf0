# `map` cleans up in the folder.
import os

list(map(os.remove, ["/workspace/a.csv", "/workspace/b.csv"]))
