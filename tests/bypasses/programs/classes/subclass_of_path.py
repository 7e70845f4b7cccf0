# A subclass of `Path` deletes like one.
# expect: file_operation
import pathlib


class Mine(type(pathlib.Path())):
    pass


Mine("/etc/hosts").unlink()
