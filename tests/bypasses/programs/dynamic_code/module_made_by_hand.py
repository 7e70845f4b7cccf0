# A module made by hand is filled by code in a text.
# expect: dynamic_code
import types

m = types.ModuleType("m")
exec("import os", m.__dict__)
