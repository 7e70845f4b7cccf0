# The name of a module that counts is built from character codes.
m = __import__("".join(map(chr, [109, 97, 116, 104])))
print(getattr(m, "".join(chr(c) for c in (115, 113, 114, 116)))(2))
