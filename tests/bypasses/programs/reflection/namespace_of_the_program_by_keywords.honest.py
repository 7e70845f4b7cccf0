# Some names become arguments.
names = {"os": "linux"}

print((lambda **names: names["os"].upper())(**names))
