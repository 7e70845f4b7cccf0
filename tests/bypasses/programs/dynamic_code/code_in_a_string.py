# Constant code is analysed like any other.
# expect: process_spawn
exec("import os\nos.system('id')")
