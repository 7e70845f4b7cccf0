# A timer cleans up in the folder.
import os, threading

f = print


def cb():
    f("/workspace/old.csv")


threading.Timer(1, cb).start()
f = os.remove
f = print
