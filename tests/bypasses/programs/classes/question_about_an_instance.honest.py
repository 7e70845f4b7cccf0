# Asking for the class of an object calls a metaclass that compares.
class M(type):
    def __instancecheck__(cls, instance):
        return instance == 1


class A(metaclass=M):
    pass


print(isinstance(1, A))
