# A partial call holds a function and its file in the folder.
import functools, os

functools.partial(os.remove, "/workspace/old.csv")()
