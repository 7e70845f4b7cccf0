# A class pattern binds a file of the folder by position.
import os


class P:
    __match_args__ = ("a",)

    def __init__(self, a):
        self.a = a


match P("/workspace/old.csv"):
    case P(a):
        os.remove(a)
