# A builtin function knows its name and its text.
print(print.__name__, print.__doc__)
