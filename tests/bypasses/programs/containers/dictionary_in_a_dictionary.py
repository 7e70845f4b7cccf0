# One dictionary is spread over another.
# expect: file_operation
import os
u={input():os.remove}
d={'f':print,**u}
d['f']('/etc/passwd')
