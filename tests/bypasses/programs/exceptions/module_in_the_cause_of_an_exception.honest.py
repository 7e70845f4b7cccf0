# An exception has a cause, which is printed.
class E(Exception):
    pass


try:
    raise ValueError from E("no such row")
except ValueError as x:
    print(x.__cause__.args[0])
