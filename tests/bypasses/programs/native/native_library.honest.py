# `struct` lays numbers out as C does.
import struct

print(struct.pack("<id", 1, 2.0), struct.calcsize("id"))
