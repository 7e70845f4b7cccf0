# A key is set on one branch alone, and either way it stays in the folder.
import os,sys
d={}
if len(sys.argv)>9: d['f']=print
d.get('f',os.remove)('/workspace/old.csv')
