# A callback reads names when it is called.
# expect: file_operation
import os, threading

f = print


def cb():
    f("/etc/passwd")


threading.Timer(1, cb).start()
f = os.remove
f = print
