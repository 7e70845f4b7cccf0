# With a dry run, what would be removed in the folder is printed.
import os, sys

f = os.remove


def setup(flag):
    global f
    if flag:
        f = print


setup(len(sys.argv) > 5)
f("/workspace/old.csv")
