# A generator is sent figures.
def g():
    x = yield
    print(x.bit_length())


h = g()
next(h)
h.send(7)
