# All variables leave at once.
# expect: environment_access
import os, json

print(json.dumps(dict(os.environ)))
