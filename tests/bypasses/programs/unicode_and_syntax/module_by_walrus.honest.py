# An assignment expression binds a module that counts.
import math

if m := math:
    print(m.sqrt(2))
