# A dangerous module under a harmless name.
# expect: process_spawn
import os as json

json.system("id")
