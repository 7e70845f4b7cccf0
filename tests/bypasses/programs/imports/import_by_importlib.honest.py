# `importlib` under another name loads a module that counts.
from importlib import import_module as load

print(load("math").sqrt(2))
