# The name of an attribute of the program's own is written in full-width letters.
class Machine:
    def system(self):
        return "linux"


print(Machine().ｓｙｓｔｅｍ())
