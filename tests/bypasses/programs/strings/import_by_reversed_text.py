# The names are written backwards.
# expect: process_spawn
m = __import__("so"[::-1])
getattr(m, "metsys"[::-1])("id")
