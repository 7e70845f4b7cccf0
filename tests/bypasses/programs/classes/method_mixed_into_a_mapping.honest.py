# A mapping of one's own gives numbers by a method that the library makes of `__getitem__`.
import collections.abc


class Table(collections.abc.Mapping):
    def __getitem__(self, key):
        return len(key)

    def __iter__(self):
        return iter(["remove"])

    def __len__(self):
        return 1


print(Table().get("remove"), sorted(Table().values()))
