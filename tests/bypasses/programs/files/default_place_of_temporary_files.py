# Temporary files are made where a variable says.
# expect: file_operation
import tempfile

tempfile.NamedTemporaryFile(dir="/etc")
