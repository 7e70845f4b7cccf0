# A link in the folder leads out of it.
# expect: file_operation
import os

os.symlink("/etc/passwd", "/workspace/x")
open("/workspace/x")
