# The method that looks a module up goes to `map`.
# expect: process_spawn
import sys

for module in map(sys.modules.get, ["os"]):
    module.system("id")
