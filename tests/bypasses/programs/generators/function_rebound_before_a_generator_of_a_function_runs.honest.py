# A local name is rebound before a generator runs, to what does no harm either.


def tidy():
    act = print
    pending = (act(name) for name in ["/etc/passwd"])
    act = len
    return list(pending)


tidy()
