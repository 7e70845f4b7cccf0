# An exit stack cleans up in the folder.
import contextlib, os

with contextlib.ExitStack() as stack:
    stack.callback(os.remove, "/workspace/old.csv")
