# Python imports this module whenever it starts.
# expect: process_spawn
with open("sitecustomize.py", "w") as module:
    module.write("import os\nos.system('id')\n")
