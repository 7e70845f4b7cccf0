# One of the program's own names is looked up.
LIMIT = 5

print(globals()["LIMIT"], globals().get("LIMIT"), "LIMIT" in globals())
