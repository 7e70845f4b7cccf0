# A name from outside is looked up in a list of names.
import statistics, sys

name = sys.argv[1]
if name in ("mean", "median"):
    functions = {"mean": statistics.mean, "median": statistics.median}
    print(functions[name]([1, 2, 4]))
for known in ("mean", "median"):
    print(getattr(statistics, known)([1, 2, 4]))
