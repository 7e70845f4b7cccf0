# The function of a partial call cleans up in the folder.
import os, functools

functools.partial(os.remove).func("/workspace/old.csv")
