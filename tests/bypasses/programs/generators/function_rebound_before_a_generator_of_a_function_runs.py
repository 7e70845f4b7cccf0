# A generator calls what a local name stands for when it is used up, not when it was made.
# expect: file_operation
import os


def tidy():
    act = print
    pending = (act(name) for name in ["/etc/passwd"])
    act = os.remove
    return list(pending)


tidy()
