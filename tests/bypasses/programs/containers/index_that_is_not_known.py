# So may what is stored at an unknown place of a list.
# expect: file_operation
import os
x=[print]
x[int(input())]=os.remove
x[0]('/etc/passwd')
