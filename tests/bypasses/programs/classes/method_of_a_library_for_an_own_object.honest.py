# A method of a library's class works on an object of its own subclass.
import tempfile


class Folder(tempfile.TemporaryDirectory):
    def shown(self):
        return self.name


tempfile.TemporaryDirectory.cleanup(Folder(dir="/workspace"))
