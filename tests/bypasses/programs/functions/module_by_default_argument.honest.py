# A default argument is the module that counts.
import statistics


def run(numbers, m=statistics):
    return m.mean(numbers)


print(run([1, 2]))
