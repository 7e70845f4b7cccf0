# A loop puts modules among the program's own names.
# expect: process_spawn
import importlib

for name in ("json", "os"):
    globals()[name] = importlib.import_module(name)

os.system("id")
