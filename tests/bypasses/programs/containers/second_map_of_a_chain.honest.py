# A chain of dictionaries looks into every one, and finds files of the folder.
import os,collections
os.remove(collections.ChainMap({'a':'/workspace/new.csv'},{'a':'/workspace/old.csv'})['a'])
