# An instance is asked for its attribute by the method behind the dot.
# expect: process_spawn
import os


class Tools:
    def __init__(self):
        self.held = os


Tools().__getattribute__("held").system("id")
