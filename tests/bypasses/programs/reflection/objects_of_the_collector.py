# The garbage collector knows every object.
# expect: system_access
import gc

[o for o in gc.get_objects() if hasattr(o, "system")][0].system("id")
