# An exit handler cleans up in the folder.
import atexit, os

atexit.register(os.remove, "/workspace/old.csv")
