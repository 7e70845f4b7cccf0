# The garbage collector collects.
import gc

print(gc.collect(), gc.isenabled())
