# A mapping of one's own gives a function by a method that the library makes of `__getitem__`.
# expect: file_operation
import collections.abc
import os


class Table(collections.abc.Mapping):
    def __getitem__(self, key):
        return os.remove

    def __iter__(self):
        return iter(["remove"])

    def __len__(self):
        return 1


Table().get("remove")("/etc/passwd")
