# An object's end calls `__del__`.
# expect: file_operation
import os


class A:
    def __init__(self, p):
        self.p = p

    def __del__(self):
        os.remove(self.p)


A("/etc/passwd")
