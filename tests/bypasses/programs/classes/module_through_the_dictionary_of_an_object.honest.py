# A file of the folder is set through the object's dictionary.
import os


class A:
    pass


a = A()
a.__dict__["f"] = "/workspace/old.csv"
os.remove(a.f)
