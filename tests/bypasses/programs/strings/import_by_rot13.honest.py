# The name of a module that counts is encoded.
import codecs

print(getattr(__import__(codecs.decode("zngu", "rot13")), "fdeg"[:0] + "sqrt")(2))
