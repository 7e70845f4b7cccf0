# A partial call holds a function that adds up.
import functools

total = functools.partial(sum, start=0)
print(list(map(lambda amounts: total(amounts), [[100], [100000]])))
