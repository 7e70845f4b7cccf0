# A function binds a global that the function before it reads.
# expect: file_operation
import os
def use(): X.remove('/etc/passwd')
def setx():
    global X
    X=os
