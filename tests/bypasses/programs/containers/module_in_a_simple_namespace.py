# A `SimpleNamespace` holds a module.
# expect: file_operation
import os, types

types.SimpleNamespace(f=os).f.remove("/etc/passwd")
