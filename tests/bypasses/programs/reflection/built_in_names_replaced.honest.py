# A name that only looks like the module's own.
import os

__builtin__ = {"print": os.path.basename}


def say(text):
    print(text)


say("/etc/passwd")
