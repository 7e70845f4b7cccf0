# A comprehension runs code.
# expect: file_operation
import os

[os.remove(p) for p in ["/etc/hosts"]]
