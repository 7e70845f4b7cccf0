# `__import__` gives an inner module that computes.
print(__import__("urllib.parse", fromlist=["quote"]).quote("a b"))
