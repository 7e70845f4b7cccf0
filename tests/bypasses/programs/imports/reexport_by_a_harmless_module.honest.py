# `linecache` has `os` in its namespace, which cleans up in the folder.
import linecache

linecache.os.remove("/workspace/old.csv")
