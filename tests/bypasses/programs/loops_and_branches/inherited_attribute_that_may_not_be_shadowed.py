# An inherited attribute is shadowed on one branch alone.
# expect: file_operation
import os, sys


class B:
    f = os.remove


class A(B):
    if len(sys.argv) > 9:
        f = print


A.f("/etc/passwd")
