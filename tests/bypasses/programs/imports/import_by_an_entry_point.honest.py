# The version of a package is asked for.
from importlib.metadata import version

print(version("pip"))
