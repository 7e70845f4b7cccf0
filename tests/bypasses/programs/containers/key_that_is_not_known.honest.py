# What is stored under an unknown key stays in the folder.
import os
d={'f':print}
d[input()]=os.remove
d['f']('/workspace/old.csv')
