# A view sees what is stored after it was made.
# expect: file_operation
import os
d={}
v=d.values()
d['k']=os
list(v)[0].remove('/etc/passwd')
