# A subclass of tuple puts a harmless function into itself.
class Pair(tuple):
    def __new__(cls):
        return super().__new__(cls, (len, "/etc/passwd"))


print(Pair()[0]("/etc/passwd"))
