# What is timed is a function.
import timeit

print(timeit.timeit(lambda: sum(range(100)), number=1))
