# A function binds a global for the function before it, which stays in the folder.
import os
def use(): X.remove('/workspace/old.csv')
def setx():
    global X
    X=os
