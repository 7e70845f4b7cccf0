# The part behind `:` says how an object is written.
class A:
    def __format__(self, spec):
        return spec.upper()


print(f"{A():id}")
