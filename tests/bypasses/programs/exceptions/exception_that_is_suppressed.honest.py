# What raises in a `with` that suppresses goes on behind it, in the folder.
import os, contextlib, sys

f = print
if len(sys.argv) < 5:
    with contextlib.suppress(ValueError):
        f = os.remove
        raise ValueError
f("/workspace/old.csv")
