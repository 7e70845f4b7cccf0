# A subclass of tuple puts a function into itself.
# expect: file_operation
import os


class Pair(tuple):
    def __new__(cls):
        return super().__new__(cls, (os.remove, "/etc/passwd"))


act, path = Pair()[0], "/etc/passwd"
act(path)
