# An instance is asked for a text by the method behind the dot.
class Tools:
    def __init__(self):
        self.held = "linux"


print(Tools().__getattribute__("held").upper())
