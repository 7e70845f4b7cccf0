# A key was taken out, and its default stays in the folder.
import os
d={'f':print}
d.pop('f')
d.get('f',os.remove)('/workspace/old.csv')
