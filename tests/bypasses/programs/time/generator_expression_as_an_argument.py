# A generator expression runs in the function that it is handed to.
# expect: file_operation
import os
f=print
def use(it):
    global f
    f=os.remove
    return list(it)
use(f(p) for p in ['/etc/passwd'])
