# Functions that stay in the folder take turns.
import os

a = b = c = d = e = print
e = os.remove
for _ in range(9):
    a("/workspace/old.csv")
    a = b
    b = c
    c = d
    d = e
