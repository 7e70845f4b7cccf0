# Any one of many harmless functions is called.
fs = [
    len,
    print,
    min,
    max,
    sum,
    any,
    all,
    repr,
    ascii,
    sorted,
    reversed,
    enumerate,
    iter,
    callable,
    str,
    bool,
    list,
    tuple,
    set,
    frozenset,
]
import random

fs[random.randrange(20)]("/workspace/data.csv")
