# A getter of attributes goes through an object to another.
from operator import attrgetter


class Point:
    x = 1


class Line:
    start = Point()


print(attrgetter("start.x")(Line()))
