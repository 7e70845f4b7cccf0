# `map` calls when it is consumed, with what the list holds by then.
# expect: file_operation
import os
l=[]
x=map(os.remove,l)
l.append('/etc/passwd')
list(x)
