# The name of an attribute is written in full-width letters.
# expect: process_spawn
import os

os.ｓｙｓｔｅｍ("id")
