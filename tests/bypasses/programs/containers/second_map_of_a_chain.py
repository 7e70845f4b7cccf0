# A chain of dictionaries looks into every one.
# expect: file_operation
import os,collections
collections.ChainMap({},{'a':os})['a'].remove('/etc/passwd')
