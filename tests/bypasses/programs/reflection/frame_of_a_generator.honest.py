# A generator says whether it runs.
g = (x for x in [1])
print(g.gi_running, next(g))
