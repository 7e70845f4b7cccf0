# A subclass of `dict` decides what a missing key gives.
# expect: file_operation
import os


class D(dict):
    def __missing__(self, k):
        return os


D()["x"].remove("/etc/passwd")
