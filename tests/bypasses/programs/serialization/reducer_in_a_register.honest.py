# A class says itself how copies of it are made.
import copy


class A:
    def __copy__(self):
        return A()


copy.copy(A())
