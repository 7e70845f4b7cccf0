# One of two modules with the same function is taken.
import posixpath, ntpath, sys

m = posixpath if len(sys.argv) else ntpath
print(m.basename("/workspace/data.csv"))
