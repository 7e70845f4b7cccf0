# A class reads its own attributes through `object`.
class Tools:
    held = "linux"

    def __getattribute__(self, name):
        return object.__getattribute__(self, name)


print(Tools().held.upper())
