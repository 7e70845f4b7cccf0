# So does a generator expression.
# expect: file_operation
import os

f = print
x = (f(a) for a in ["/etc/passwd"])
f = os.remove
list(x)
