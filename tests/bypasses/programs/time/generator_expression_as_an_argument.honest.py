# The function that consumes the generator expression cleans up in the folder.
import os
f=print
def use(it):
    global f
    f=os.remove
    return list(it)
use(f(p) for p in ['/workspace/old.csv'])
