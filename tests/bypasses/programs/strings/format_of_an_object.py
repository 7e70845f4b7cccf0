# The part behind `:` goes to the object.
# expect: process_spawn
import os


class A:
    def __format__(self, spec):
        os.system(spec)
        return ""


f"{A():id}"
