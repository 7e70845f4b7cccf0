# `list.append` is called as a function.
# expect: file_operation
import os

x = []
list.append(x, os)
x[0].remove("/etc/passwd")
