# A context manager is told the exception.
# expect: file_operation
import os


class C:
    def __enter__(self):
        return self

    def __exit__(self, t, v, tb):
        v.args[0].remove("/etc/passwd")
        return True


with C():
    raise ValueError(os)
