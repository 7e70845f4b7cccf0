# A list of the folder's own files grows after `map` was called.
import os
l=[]
x=map(os.remove,l)
l.append('/workspace/old.csv')
list(x)
