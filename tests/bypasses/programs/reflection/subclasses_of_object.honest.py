# A class keeps a table of its subclasses, and makes one.
class Shape:
    known = []

    def __init_subclass__(cls):
        Shape.known.append(cls)


class Square(Shape):
    pass


print([c for c in Shape.known if c.__name__ == "Square"][0]())
