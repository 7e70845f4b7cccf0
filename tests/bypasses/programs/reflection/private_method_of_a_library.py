# What a class of the library keeps to itself deletes any folder.
# expect: gap
import tempfile

folder = tempfile.TemporaryDirectory(dir="/workspace")
folder._rmtree("/etc")
