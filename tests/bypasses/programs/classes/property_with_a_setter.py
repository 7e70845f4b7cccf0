# The setter has the same name as the getter.
# expect: file_operation
import os


class A:
    @property
    def x(self):
        return os

    @x.setter
    def x(self, v):
        pass


A().x.remove("/etc/passwd")
