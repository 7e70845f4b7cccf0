# `importlib` finds a module that counts by a text.
import importlib

print(importlib.import_module("math").sqrt(2))
