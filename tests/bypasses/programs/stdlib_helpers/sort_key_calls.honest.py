# `sorted` calls its key, which asks how large a file of the folder is.
import os

sorted(["/workspace/a.csv", "/workspace/b.csv"], key=os.path.getsize)
