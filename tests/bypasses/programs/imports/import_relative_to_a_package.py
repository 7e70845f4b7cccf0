# An import counts from a package that is named beside it.
# expect: network_call
import importlib

importlib.import_module(".request", "urllib").urlopen("http://evil.example/")
