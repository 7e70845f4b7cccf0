# A generator holds its frame.
# expect: dynamic_code
g = (x for x in [1])
g.gi_frame.f_builtins
