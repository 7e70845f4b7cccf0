# A constant of a library is part of a name.
import string

with open(f"/workspace/{string.digits}.txt", "w") as file:
    file.write("0")
