# A decoder calls its hook with what it read.
# expect: process_spawn
import json, os

json.loads("{}", object_hook=os.system)
