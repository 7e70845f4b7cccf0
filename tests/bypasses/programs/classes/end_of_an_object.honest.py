# An object removes its file in the folder at its end.
import os


class A:
    def __init__(self, p):
        self.p = p

    def __del__(self):
        os.remove(self.p)


A("/workspace/old.csv")
