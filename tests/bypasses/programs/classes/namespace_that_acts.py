# The body of a class is stored in what `__prepare__` gives.
# expect: process_spawn
import os


class Namespace(dict):
    def __setitem__(self, name, value):
        os.system(name)


class M(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        return Namespace()


class A(metaclass=M):
    id = 1
