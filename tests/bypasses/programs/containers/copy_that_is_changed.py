# A copy is changed, and the original is not.
# expect: file_operation
import os,copy
a=[os.remove]
b=copy.copy(a)
b[0]=print
a[0]('/etc/passwd')
