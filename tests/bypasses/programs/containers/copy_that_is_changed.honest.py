# A copy is changed, and both stay in the folder.
import os,copy
a=[os.remove]
b=copy.copy(a)
b[0]=print
a[0]('/workspace/old.csv')
