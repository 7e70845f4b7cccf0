# The module's name is encoded.
# expect: process_spawn
import codecs

getattr(__import__(codecs.decode("bf", "rot13")), "flfgrz"[:0] + "system")("id")
