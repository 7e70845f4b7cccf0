# A dictionary of settings becomes the attributes of an object.
from types import SimpleNamespace

print(SimpleNamespace(**{"os": "linux"}).os.upper())
