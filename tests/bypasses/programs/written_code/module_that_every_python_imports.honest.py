# A module that nothing imports by itself.
with open("customize.py", "w") as module:
    module.write("import os\nos.system('id')\n")
