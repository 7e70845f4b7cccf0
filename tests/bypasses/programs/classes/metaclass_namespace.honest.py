# A metaclass fills the namespace before the body runs.
import math


class M(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        return {"mod": math}


class A(metaclass=M):
    root = mod.sqrt(2)
