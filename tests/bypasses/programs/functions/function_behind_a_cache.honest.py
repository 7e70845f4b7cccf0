# A cached function is called past its cache.
import functools, math


@functools.lru_cache(maxsize=None)
def f():
    return math


print(f.__wrapped__().sqrt(2))
