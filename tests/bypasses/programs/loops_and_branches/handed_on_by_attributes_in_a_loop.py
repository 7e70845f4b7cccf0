# A function moves one attribute further with every turn of a loop.
# expect: file_operation
import os


class N:
    pass


n = N()
n.a = n.b = n.c = n.d = print
n.e = os.remove
for _ in range(9):
    n.a("/etc/passwd")
    n.a = n.b
    n.b = n.c
    n.c = n.d
    n.d = n.e
