# A table comes back out of a copy.
import copy

rows = copy.copy({"a": [1, 2]})
print(rows["a"].count(1))
