# A `defaultdict` starts with what another dictionary holds: a file of the folder.
import os,collections
os.remove(collections.defaultdict(list,{'a':'/workspace/old.csv'})['a'])
