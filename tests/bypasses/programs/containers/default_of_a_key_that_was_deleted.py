# A key was deleted, so that its default counts.
# expect: file_operation
import os
d={'f':print}
del d['f']
d.get('f',os.remove)('/etc/passwd')
