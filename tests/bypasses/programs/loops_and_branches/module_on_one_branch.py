# A name is a module on one branch only.
# expect: process_spawn
import os, sys

m = os if len(sys.argv) else None
m.system("id")
