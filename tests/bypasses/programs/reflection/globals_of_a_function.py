# A function knows its module's namespace.
# expect: dynamic_code
import json

json.loads.__globals__
