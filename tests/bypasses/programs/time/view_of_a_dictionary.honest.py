# A view sees what is stored after it was made: a table of figures.
import os
d={}
v=d.values()
d['k']='/workspace/old.csv'
os.remove(list(v)[0])
