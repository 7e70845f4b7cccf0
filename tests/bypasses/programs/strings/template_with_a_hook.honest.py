# A template asks a dictionary for its names, and gets them.
import string


class D(dict):
    def __missing__(self, name):
        return name.upper()


print(string.Template("$id").substitute(D()))
