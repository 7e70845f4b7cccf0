# The loader of built-in modules is asked for one.
# expect: dynamic_code
from importlib.machinery import BuiltinImporter

BuiltinImporter.load_module("posix").system("id")
