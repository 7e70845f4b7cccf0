# The module in the enclosing scope counts.
import statistics


def outer(m):
    def inner(numbers):
        return m.mean(numbers)

    return inner


print(outer(statistics)([1, 2]))
