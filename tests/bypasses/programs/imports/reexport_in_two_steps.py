# One module of the standard library leads to another, and that to `os`.
# expect: process_spawn
import traceback

traceback.linecache.os.system("id")
