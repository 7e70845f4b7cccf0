# An object changes its class, as a state does.
class A:
    def go(self):
        return 1


class B:
    def go(self):
        return 2


a = A()
a.__class__ = B
print(a.go())
