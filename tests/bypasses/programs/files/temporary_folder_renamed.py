# The name of a temporary folder is replaced, so that another folder is deleted in its place.
# expect: file_operation
import tempfile

folder = tempfile.TemporaryDirectory(dir="/workspace")
folder.name = "/etc"
folder.cleanup()
