# A program that imports itself cleans up in the folder.
import os, sys

f = os.remove
sys.modules[__name__].f("/workspace/old.csv")
