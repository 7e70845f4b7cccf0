# What is stored under an unknown key may replace what is known.
# expect: file_operation
import os
d={'f':print}
d[input()]=os.remove
d['f']('/etc/passwd')
