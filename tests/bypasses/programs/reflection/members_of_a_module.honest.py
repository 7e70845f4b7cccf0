# The members of a class of the program are listed with what they are.
import inspect


class Point:
    x = 1


print([name for name, value in inspect.getmembers(Point) if name == "x"])
