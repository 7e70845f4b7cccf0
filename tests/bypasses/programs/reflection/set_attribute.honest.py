# A class is given a method that counts.
import statistics


class C:
    pass


setattr(C, "run", statistics.mean)
print(C.run([1, 2]))
