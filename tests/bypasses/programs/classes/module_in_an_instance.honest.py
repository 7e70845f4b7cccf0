# A module that counts travels through an attribute.
import statistics


class Box:
    def __init__(self, inner):
        self.inner = inner

    def go(self):
        return self.inner.mean([1, 2])


print(Box(statistics).go())
