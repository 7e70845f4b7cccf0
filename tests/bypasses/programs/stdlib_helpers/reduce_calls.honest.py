# `reduce` cleans up in the folder.
import functools, os

functools.reduce(lambda f, x: f(x), ["/workspace/old.csv"], os.remove)
