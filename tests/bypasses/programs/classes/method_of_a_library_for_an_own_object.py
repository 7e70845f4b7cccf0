# A method of a library's class works on an object of the program that looks like its own.
# expect: gap
import tempfile


class Folder:
    name = "/etc"
    _ignore_cleanup_errors = True
    _rmtree = print

    class _finalizer:
        detach = staticmethod(lambda: True)


tempfile.TemporaryDirectory.cleanup(Folder)
