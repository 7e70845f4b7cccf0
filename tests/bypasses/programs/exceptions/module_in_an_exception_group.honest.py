# An exception is one of a group, and has a text.
try:
    raise ExceptionGroup("x", [ValueError("no such row")])
except* ValueError as g:
    print(g.exceptions[0].args[0].upper())
