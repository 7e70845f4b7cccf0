# `importlib` under another name.
# expect: process_spawn
from importlib import import_module as load

load("os").system("id")
