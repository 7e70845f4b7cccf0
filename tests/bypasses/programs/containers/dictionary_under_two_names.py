# A dictionary is updated in place, under another name.
# expect: file_operation
import os

d = {}
e = d
d |= {"k": os}
e["k"].remove("/etc/passwd")
