# Closing a generator cleans up in the folder.
import os


def g():
    try:
        yield
    finally:
        os.remove("/workspace/old.csv")


x = g()
next(x)
x.close()
