# A library writes the script.
# expect: gap
import csv

with open(".git/hooks/pre-commit", "w") as hook:
    csv.writer(hook).writerow(["id"])
