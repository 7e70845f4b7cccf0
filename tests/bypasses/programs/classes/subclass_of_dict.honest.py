# A subclass of `dict` holds a file of the folder.
import os


class D(dict):
    pass


d = D()
d["x"] = "/workspace/old.csv"
os.remove(d["x"])
