# A chain of attributes of the program's own objects is a list of names.
import functools


class Point:
    x = 1


class Line:
    start = Point()


print(functools.reduce(getattr, ["start", "x"], Line()))
