# `os.path` knows its parent, which joins a path.
import os.path as p

print(p.os.getcwd(), p.join("a", "b"))
