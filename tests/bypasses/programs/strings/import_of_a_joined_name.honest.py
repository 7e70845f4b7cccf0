# The name of a module that counts is put together.
print(__import__("ma" + "th").sqrt(2))
