# A library writes a table.
import csv

with open("table.csv", "w") as table:
    csv.writer(table).writerow(["id"])
