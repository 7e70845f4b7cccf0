# The garbage collector knows every object.
# expect: dynamic_code
import gc

[o for o in gc.get_objects() if hasattr(o, "system")][0].system("id")
