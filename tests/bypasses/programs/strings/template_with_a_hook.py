# A template asks a dictionary for its names.
# expect: process_spawn
import os, string


class D(dict):
    def __missing__(self, name):
        os.system(name)


string.Template("$id").substitute(D())
