# A metaclass that makes instances as ever is inherited.
class M(type):
    def __call__(cls, *a):
        return super().__call__(*a)


class B(metaclass=M):
    def go(self):
        return 1


class A(B):
    pass


print(A().go())
