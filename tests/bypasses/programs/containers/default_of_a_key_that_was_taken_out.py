# A key was taken out, so that its default counts.
# expect: file_operation
import os
d={'f':print}
d.pop('f')
d.get('f',os.remove)('/etc/passwd')
