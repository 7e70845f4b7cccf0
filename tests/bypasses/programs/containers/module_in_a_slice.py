# A slice of a list is replaced.
# expect: file_operation
import os

x = [1, 2, 3]
x[1:2] = [os]
x[1].remove("/etc/passwd")
