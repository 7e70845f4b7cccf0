# A function stands for a metaclass and makes the class.
def meta(name, bases, ns):
    ns["made"] = True
    return type(name, bases, ns)


class A(metaclass=meta):
    pass


print(A.made)
