# A key is set on one branch alone, so that its default counts.
# expect: file_operation
import os,sys
d={}
if len(sys.argv)>9: d['f']=print
d.get('f',os.remove)('/etc/passwd')
