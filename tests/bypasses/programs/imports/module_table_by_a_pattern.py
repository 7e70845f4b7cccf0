# A pattern takes a module out of the table of modules.
# expect: process_spawn
import sys

match sys.modules:
    case {"os": found}:
        found.system("id")
