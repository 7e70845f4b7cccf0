# A module travels through an attribute.
# expect: process_spawn
import os


class Box:
    def __init__(self, inner):
        self.inner = inner

    def go(self):
        self.inner.system("id")


Box(os).go()
