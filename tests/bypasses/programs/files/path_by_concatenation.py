# A path in pieces.
# expect: file_operation
import os

open(os.path.join(os.sep, "etc", "pass" + "wd"))
