# A class of the program leads to those that inherit from it.
class Tool:
    pass


class Hammer(Tool):
    def use(self):
        return "bang"


for cls in Tool.__subclasses__():
    print(cls.__name__, cls.__mro__, cls().use())
