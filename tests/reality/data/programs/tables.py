# %% a table of sales is summed by region
# needs: sales.csv=region,amount\nnorth,10.5\nsouth,7\nnorth,2.5\n
import csv
from collections import defaultdict

totals = defaultdict(float)
with open("sales.csv", newline="", encoding="utf-8") as handle:
    for row in csv.DictReader(handle):
        totals[row["region"]] += float(row["amount"])
for region, total in sorted(totals.items()):
    print(f"{region}: {total:.2f}")

# %% a report is written beside its table
# needs: sales.csv=region,amount\nnorth,10.5\nsouth,7\n
import csv
import os

SOURCE = "sales.csv"
target = os.path.splitext(SOURCE)[0] + "_report.txt"
with open(SOURCE) as source, open(target, "w") as report:
    for number, row in enumerate(csv.reader(source)):
        print(number, *row, sep="\t", file=report)

# %% rows with an error go to a file of their own
# needs: in.csv=name,age\nann,31\nbob,x\ncy,40\n
import csv

with open("in.csv") as source, open("good.csv", "w", newline="") as good, open("bad.csv", "w", newline="") as bad:
    reader = csv.reader(source)
    header = next(reader)
    writers = {True: csv.writer(good), False: csv.writer(bad)}
    for writer in writers.values():
        writer.writerow(header)
    for row in reader:
        writers[row[1].isdigit()].writerow(row)

# %% a table is split into one file for each month
# needs: days.csv=2024-01-02,3\n2024-02-10,4\n2024-01-31,5\n
import csv
import datetime

files = {}
try:
    with open("days.csv") as source:
        for day, value in csv.reader(source):
            month = datetime.date.fromisoformat(day).month
            if month not in files:
                files[month] = open(f"month_{month:02d}.csv", "w")
            files[month].write(f"{day},{value}\n")
finally:
    for file in files.values():
        file.close()

# %% a table becomes JSON
# needs: people.csv=name,age\nann,31\nbob,25\n
import csv
import json
from pathlib import Path

rows = list(csv.DictReader(Path("people.csv").read_text().splitlines()))
Path("people.json").write_text(json.dumps(rows, indent=2))

# %% JSON becomes a table
# needs: people.json=[{"name": "ann", "age": 31}, {"name": "bob", "age": 25}]
import csv
import json

with open("people.json") as file:
    people = json.load(file)
with open("people.csv", "w", newline="") as file:
    writer = csv.DictWriter(file, fieldnames=sorted(people[0]))
    writer.writeheader()
    writer.writerows(people)

# %% two tables are joined by key
# needs: a.csv=1,x\n2,y\n
# needs: b.csv=2,q\n3,r\n
import csv

def load(name):
    with open(name, newline="") as handle:
        return dict(csv.reader(handle))

left, right = load("a.csv"), load("b.csv")
with open("joined.csv", "w", newline="") as handle:
    out = csv.writer(handle)
    for key in sorted(left.keys() | right.keys()):
        out.writerow([key, left.get(key, ""), right.get(key, "")])

# %% the dialect of a table is found out
# needs: odd.txt=a;b;c\n1;2;3\n
import csv

with open("odd.txt") as handle:
    sample = handle.read(200)
    dialect = csv.Sniffer().sniff(sample, delimiters=";,")
    handle.seek(0)
    rows = [row for row in csv.reader(handle, dialect)]
with open("even.txt", "wt") as handle:
    csv.writer(handle, delimiter=",").writerows(rows)

# %% a table in memory is saved at the end
import csv
import io

buffer = io.StringIO()
writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
writer.writerows([["a", "b"], [1, 2], ["x,y", 'q"r']])
with io.open("quoted.csv", "w") as file:
    file.write(buffer.getvalue())

# %% column statistics
# needs: values.txt=1\n2\n3.5\n10\n
import statistics

with open("values.txt") as lines:
    numbers = [float(line) for line in lines if line.strip()]
summary = {
    "mean": statistics.mean(numbers),
    "median": statistics.median(numbers),
    "deviation": statistics.stdev(numbers),
}
with open("summary.txt", "w") as out:
    out.writelines(f"{name} = {value:.3f}\n" for name, value in summary.items())

# %% the last rows are appended to a log of rows
import csv
import datetime
import pathlib

log = pathlib.Path("log.csv")
fresh = not log.exists()
with log.open("a", newline="") as handle:
    writer = csv.writer(handle)
    if fresh:
        writer.writerow(["when", "what"])
    writer.writerow([datetime.datetime(2024, 5, 1).isoformat(), "started"])

# %% a pivot of a table, by a class
# needs: sales.csv=region,product,amount\nnorth,a,1\nnorth,b,2\nsouth,a,3\n
import csv

class Pivot:
    def __init__(self, path):
        self.path = path
        self.cells = {}

    def load(self):
        with open(self.path, newline="") as handle:
            for row in csv.DictReader(handle):
                key = row["region"], row["product"]
                self.cells[key] = self.cells.get(key, 0) + int(row["amount"])
        return self

    def save(self, path):
        with open(path, "w") as handle:
            for (region, product), amount in sorted(self.cells.items()):
                handle.write(f"{region};{product};{amount}\n")

Pivot("sales.csv").load().save("pivot.csv")

# %% a fixed-width file is cut into columns
# needs: fixed.dat=ann   031\nbob   025\n
import struct

layout = struct.Struct("6s3s")
with open("fixed.dat", "rb") as source:
    for line in source:
        name, age = layout.unpack(line.rstrip(b"\n"))
        print(name.decode().strip(), int(age))

# %% a table with a byte order mark
import codecs
import csv

with codecs.open("marked.csv", "w", "utf-8-sig") as file:
    file.write("köln,1\nzürich,2\n")
with open("marked.csv", encoding="utf-8-sig") as file:
    print([row[0] for row in csv.reader(file)])

# %% a markdown table is made of a dictionary
rows = {"alpha": 1, "beta": 22}
lines = ["| name | value |", "| --- | --- |"]
lines += [f"| {name} | {value} |" for name, value in rows.items()]
with open("table.md", mode="w", encoding="utf-8") as out:
    out.write("\n".join(lines))

# %% the largest numbers of several files
# needs: one.txt=3\n9\n
# needs: two.txt=12\n1\n
import heapq

numbers = []
for name in ["one.txt", "two.txt"]:
    with open(name) as handle:
        numbers.extend(map(int, handle))
print(heapq.nlargest(2, numbers))

# %% sorted files are merged
# needs: one.txt=1\n4\n9\n
# needs: two.txt=2\n3\n
import heapq
from contextlib import ExitStack

with ExitStack() as stack:
    sources = [stack.enter_context(open(name)) for name in ("one.txt", "two.txt")]
    target = stack.enter_context(open("merged.txt", "w"))
    target.writelines(heapq.merge(*sources, key=int))

# %% words are counted
# needs: text.txt=the cat and the dog and the end
import collections
import re
import sys

text = open("text.txt").read()
words = collections.Counter(re.findall(r"\w+", text.lower()))
for word, count in words.most_common(3):
    sys.stdout.write(f"{word} {count}\n")

# %% a table is read twice, the second time from the first copy
# needs: data.csv=a,b\n1,2\n
import shutil
import csv

shutil.copy("data.csv", "backup.csv")
with open("backup.csv") as handle:
    rows = list(csv.reader(handle))
assert rows[1] == ["1", "2"]

# %% blank lines are taken out in place
# needs: notes.txt=a\n\nb\n\n
import fileinput

for line in fileinput.input("notes.txt", inplace=True):
    if line.strip():
        print(line, end="")

# %% several files are read one after the other
# needs: a.txt=1\n
# needs: b.txt=2\n
import fileinput

with fileinput.input(files=("a.txt", "b.txt")) as lines:
    print(sum(int(line) for line in lines))

# %% a histogram in text
# needs: marks.txt=3 4 4 5 5 5 6
from collections import Counter
from pathlib import Path

counts = Counter(map(int, Path("marks.txt").read_text().split()))
bars = "\n".join(f"{mark} {'#' * counts[mark]}" for mark in sorted(counts))
Path("histogram.txt").write_text(bars + "\n")

# %% money is added exactly
# needs: bills.txt=0.10\n0.20\n0.30\n
from decimal import Decimal, ROUND_HALF_UP

with open("bills.txt") as bills:
    total = sum((Decimal(bill.strip()) for bill in bills), Decimal("0"))
with open("total.txt", "w") as out:
    print(total.quantize(Decimal("0.01"), ROUND_HALF_UP), file=out)

# %% moving averages by a generator
# needs: series.txt=1 2 3 4 5 6
from collections import deque

def numbers(path):
    with open(path) as handle:
        for line in handle:
            yield from map(float, line.split())

def moving(values, width=3):
    window = deque(maxlen=width)
    for value in values:
        window.append(value)
        if len(window) == width:
            yield sum(window) / width

with open("moving.txt", "w") as out:
    for mean in moving(numbers("series.txt")):
        out.write(f"{mean}\n")

# %% a table with a line number in front
# needs: poem.txt=one\ntwo\n
with open("poem.txt") as source:
    lines = source.readlines()
with open("numbered.txt", "x") as target:
    target.writelines(f"{n:>3} {line}" for n, line in enumerate(lines, start=1))
