# A key was deleted, and its default stays in the folder.
import os
d={'f':print}
del d['f']
d.get('f',os.remove)('/workspace/old.csv')
