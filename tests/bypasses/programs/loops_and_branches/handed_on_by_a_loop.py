# A function moves one name further with every turn of a loop.
# expect: file_operation
import os

a = b = c = d = e = print
e = os.remove
for _ in range(9):
    a("/etc/passwd")
    a = b
    b = c
    c = d
    d = e
