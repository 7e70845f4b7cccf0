# The method that looks a text up goes to `map`.
names = {"os": "linux"}

for name in map(names.get, ["os"]):
    print(name)
