# A context manager is told the exception, and writes it down.
class C:
    def __enter__(self):
        return self

    def __exit__(self, t, v, tb):
        print(t.__name__, v.args[0])
        return True


with C():
    raise ValueError("no such row")
