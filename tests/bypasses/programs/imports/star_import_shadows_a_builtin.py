# After a star import `open` may be that of `os`.
# expect: file_operation
from os import *

open("/etc/passwd", O_RDONLY)
