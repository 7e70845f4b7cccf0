# Copying calls what `__reduce__` names: the class itself.
import copy


class A:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return (A, (self.n,))


copy.copy(A(1))
