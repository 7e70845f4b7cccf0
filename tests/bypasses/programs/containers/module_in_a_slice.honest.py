# A slice of a list of files is replaced.
import os

x = ["/workspace/a.csv", "/workspace/b.csv", "/workspace/c.csv"]
x[1:2] = ["/workspace/d.csv"]
os.remove(x[1])
