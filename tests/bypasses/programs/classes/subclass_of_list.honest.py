# A subclass of `list` holds a file of the folder.
import os


class L(list):
    pass


os.remove(L(["/workspace/old.csv"])[0])
