# An operator calls a method of its left side.
class Pipe:
    def __init__(self, value):
        self.value = value

    def __or__(self, other):
        return Pipe(other(self.value))


print((Pipe("abc") | len | str).value)
