# A library calls what was put in place of its function.
# expect: dynamic_code
import json, os

json.loads = os.system
