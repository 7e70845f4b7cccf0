# A private attribute of a class holds a module, under the name that Python gives it.
# expect: process_spawn
class Tools:
    __system = __import__("os")


Tools._Tools__system.system("id")
