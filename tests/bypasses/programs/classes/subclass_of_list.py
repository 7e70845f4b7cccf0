# A subclass of `list` holds a module.
# expect: file_operation
import os


class L(list):
    pass


L([os])[0].remove("/etc/passwd")
