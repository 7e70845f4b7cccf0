# The class of an open file has a name.
f = open("/workspace/x")
print(f.buffer.raw.__class__.__name__)
