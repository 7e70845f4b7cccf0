# The names of a module that counts are written backwards.
m = __import__("htam"[::-1])
print(getattr(m, "trqs"[::-1])(2))
