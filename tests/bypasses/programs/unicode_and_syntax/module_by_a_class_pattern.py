# A class pattern binds attributes by position.
# expect: file_operation
import os


class P:
    __match_args__ = ("a",)

    def __init__(self, a):
        self.a = a


match P(os):
    case P(a):
        a.remove("/etc/passwd")
