# A module that counts travels through a dictionary.
import statistics

box = {"m": [statistics]}
print(box["m"][0].mean([1, 2]))
