# A program can import itself.
# expect: file_operation
import os, sys

f = os.remove
sys.modules[__name__].f("/etc/passwd")
