# A function rebinds a global on one branch alone.
# expect: file_operation
import os, sys

f = os.remove


def setup(flag):
    global f
    if flag:
        f = print


setup(len(sys.argv) > 5)
f("/etc/passwd")
