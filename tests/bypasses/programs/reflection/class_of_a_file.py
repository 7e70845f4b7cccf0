# The class of an open file opens others.
# expect: file_operation
f = open("/workspace/x")
f.buffer.raw.__class__("/etc/passwd")
