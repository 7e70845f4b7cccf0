# A class of the program leads to `object`, and that to every class there is.
# expect: dynamic_code
class Tool:
    pass


for cls in Tool.__mro__[-1].__subclasses__():
    if cls.__name__ == "Popen":
        cls(["id"])
