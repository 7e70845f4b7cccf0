# Annotations are types, and are looked at as they are.
def f(x: int):
    pass


print(f.__annotations__)
