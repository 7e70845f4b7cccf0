# A subclass of `Path` deletes a file of the folder.
import pathlib


class Mine(type(pathlib.Path())):
    pass


Mine("/workspace/old.csv").unlink()
