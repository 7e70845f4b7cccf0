# An entry point names a function, and loads it.
# expect: dynamic_code
from importlib.metadata import EntryPoint

EntryPoint("run", "os:system", "tools").load()("id")
