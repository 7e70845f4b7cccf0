# A decoder calls its hook with what it read.
import json, types

json.loads('{"a": 1}', object_hook=lambda read: types.SimpleNamespace(**read))
