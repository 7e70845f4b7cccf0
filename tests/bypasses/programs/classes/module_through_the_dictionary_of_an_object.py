# An attribute is set through the object's dictionary.
# expect: file_operation
import os


class A:
    pass


a = A()
a.__dict__["f"] = os
a.f.remove("/etc/passwd")
