# The body of a class is stored in a dictionary that prints.
class Namespace(dict):
    def __setitem__(self, name, value):
        print(name)
        super().__setitem__(name, value)


class M(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        return Namespace()


class A(metaclass=M):
    id = 1
