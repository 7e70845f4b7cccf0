# The words behind the bases go to `__init_subclass__`.
# expect: file_operation
import os


class A:
    def __init_subclass__(cls, **words):
        words["m"].remove("/etc/passwd")


class B(A, m=os):
    pass
