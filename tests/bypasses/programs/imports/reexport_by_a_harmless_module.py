# `linecache` has `os` in its namespace.
# expect: file_operation
import linecache

linecache.os.remove("/etc/hosts")
