# The dictionary of a class holds a module.
# expect: process_spawn
import os


class Tools:
    held = os


for name, value in vars(Tools).items():
    if name == "held":
        value.system("id")
