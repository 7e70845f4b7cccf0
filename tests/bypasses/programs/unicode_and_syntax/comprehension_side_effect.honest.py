# A comprehension cleans up in the folder.
import os

[os.remove(p) for p in ["/workspace/a.csv", "/workspace/b.csv"]]
