# An exception holds a text among its arguments.
try:
    raise ValueError("no such row")
except ValueError as e:
    print(e.args[0].upper())
