# A `SimpleNamespace` holds a file of the folder.
import os, types

os.remove(types.SimpleNamespace(f="/workspace/old.csv").f)
