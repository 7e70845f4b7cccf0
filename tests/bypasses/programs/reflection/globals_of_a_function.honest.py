# A function knows its name, its module and its text.
import json

print(json.loads.__name__, json.loads.__module__, json.loads.__doc__)
