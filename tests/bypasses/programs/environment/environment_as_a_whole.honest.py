# All settings of the program's own leave at once.
import json

environ = {"HOME": "/workspace", "LANG": "C"}
print(json.dumps(dict(environ)))
