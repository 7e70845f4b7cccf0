# A private attribute of a class holds a text, under the name that Python gives it.
class Tools:
    __system = "linux"


print(Tools._Tools__system.upper())
