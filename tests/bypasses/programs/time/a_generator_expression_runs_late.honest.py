# The late call stays in the folder.
import os

f = print
x = (f(a) for a in ["/workspace/a.csv", "/workspace/b.csv"])
f = os.remove
list(x)
