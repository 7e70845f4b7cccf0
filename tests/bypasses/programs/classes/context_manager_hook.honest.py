# A context manager's methods clean up in the folder.
import os


class C:
    def __init__(self, f):
        self.f = f

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.f("/workspace/old.csv")


with C(os.remove):
    pass
