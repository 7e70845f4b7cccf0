# Temporary files are made in the folder.
import tempfile

tempfile.NamedTemporaryFile(dir="/workspace")
