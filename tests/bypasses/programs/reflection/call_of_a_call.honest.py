# A class's own `__call__` is called.
class Doubler:
    def __call__(self, value):
        return value * 2


print(Doubler().__call__(2))
