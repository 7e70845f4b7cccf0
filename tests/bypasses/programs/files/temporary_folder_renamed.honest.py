# A temporary folder is deleted as it was made.
import tempfile

folder = tempfile.TemporaryDirectory(dir="/workspace")
print(folder.name)
folder.cleanup()
