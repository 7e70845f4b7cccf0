# A subclass of `dict` holds a module.
# expect: file_operation
import os


class D(dict):
    pass


d = D()
d["x"] = os
d["x"].remove("/etc/passwd")
