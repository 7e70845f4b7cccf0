# Subscribing an instance calls whatever the class holds under `__getitem__`.
# expect: process_spawn
import os


class Shell:
    __getitem__ = os.system


Shell()["id"]
