# A decorator is a call.
# expect: process_spawn
import os


@os.system
def command():
    pass
