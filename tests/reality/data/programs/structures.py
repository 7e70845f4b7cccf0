# %% a class that saves itself
import json

class Note:
    folder = "notes"

    def __init__(self, title, text=""):
        self.title = title
        self.text = text

    @property
    def path(self):
        return f"{self.title}.json"

    def save(self):
        with open(self.path, "w") as file:
            json.dump(vars(self), file)

    @classmethod
    def load(cls, title):
        note = cls(title)
        with open(note.path) as file:
            note.__dict__.update(json.load(file))
        return note

Note("first", "hello").save()
print(Note.load("first").text)

# %% writers that share a base
import abc
import csv
import json

class Writer(abc.ABC):
    def __init__(self, path):
        self.path = path

    @abc.abstractmethod
    def write(self, rows): ...

class CsvWriter(Writer):
    def write(self, rows):
        with open(self.path, "w", newline="") as file:
            csv.writer(file).writerows(rows)

class JsonWriter(Writer):
    def write(self, rows):
        with open(self.path, "w") as file:
            json.dump(rows, file)

for writer in (CsvWriter("rows.csv"), JsonWriter("rows.json")):
    writer.write([[1, 2], [3, 4]])

# %% a context manager by a class
class Opened:
    def __init__(self, path, mode="r"):
        self.path, self.mode = path, mode

    def __enter__(self):
        self.file = open(self.path, self.mode)
        return self.file

    def __exit__(self, *error):
        self.file.close()

with Opened("made.txt", "w") as file:
    file.write("x")

# %% functions in a dictionary
import json
import os

def write_text(path, value):
    with open(path, "w") as file:
        file.write(str(value))

def write_json(path, value):
    with open(path, "w") as file:
        json.dump(value, file)

WRITERS = {".txt": write_text, ".json": write_json}
for path in ("a.txt", "b.json"):
    WRITERS[os.path.splitext(path)[1]](path, [1, 2])

# %% a partial function
import functools

write = functools.partial(open, mode="w", encoding="utf-8")
with write("partial.txt") as file:
    file.write("x")

# %% a closure
def writer(path):
    lines = []

    def add(line):
        lines.append(line)
        with open(path, "w") as file:
            file.write("\n".join(lines))

    return add

add = writer("lines.txt")
add("a")
add("b")

# %% a registry by a decorator
STEPS = []

def step(function):
    STEPS.append(function)
    return function

@step
def first():
    open("first.txt", "w").close()

@step
def second():
    open("second.txt", "w").close()

for function in STEPS:
    function()

# %% a function with a cache
# needs: table.txt=a=1\nb=2\n
import functools

@functools.lru_cache(maxsize=None)
def table(path):
    with open(path) as file:
        return dict(line.strip().split("=") for line in file)

print(table("table.txt")["a"], table("table.txt")["b"])

# %% an enumeration of formats
import enum

class Format(enum.Enum):
    TEXT = "txt"
    DATA = "dat"

for kind in Format:
    with open(f"out.{kind.value}", "w") as file:
        file.write(kind.name)

# %% named tuples
from typing import NamedTuple

class Task(NamedTuple):
    source: str
    target: str

tasks = [Task("in1.txt", "out1.txt"), Task("in2.txt", "out2.txt")]
for task in tasks:
    with open(task.source, "w") as file:
        file.write("x")
    with open(task.source) as source, open(task.target, "w") as target:
        target.write(source.read())

# %% a data class with a path
import dataclasses
from pathlib import Path

@dataclasses.dataclass(frozen=True)
class Config:
    root: Path = Path("data")
    name: str = "x.txt"

    @property
    def file(self):
        return self.root / self.name

config = Config()
config.root.mkdir()
config.file.write_text("x")

# %% a pipeline of generators
# needs: in.txt=3\n1\n2\n
def read(path):
    with open(path) as file:
        yield from file

def parsed(lines):
    return (int(line) for line in lines)

def write(path, values):
    with open(path, "w") as file:
        for value in values:
            file.write(f"{value}\n")

write("out.txt", sorted(parsed(read("in.txt"))))

# %% a match on commands
for command in (["make", "a.txt"], ["copy", "a.txt", "b.txt"], ["stop"]):
    match command:
        case ["make", path]:
            with open(path, "w") as file:
                file.write("x")
        case ["copy", source, target]:
            with open(source) as inside, open(target, "w") as outside:
                outside.write(inside.read())
        case _:
            break

# %% a file or a default
try:
    text = open("missing.txt").read()
except FileNotFoundError:
    text = "default"
else:
    text = text.strip()
finally:
    with open("done.txt", "w") as file:
        file.write("done")
print(text)

# %% retries
import time

def retry(function, times=3):
    for attempt in range(times):
        try:
            return function()
        except OSError:
            with open("attempts.txt", "a") as out:
                out.write(f"{attempt}\n")
            time.sleep(0)
    return None

print(retry(lambda: open("never.txt").read()))

# %% paths in nested data
CONFIG = {"jobs": [{"name": "a", "files": {"out": "a.out"}}, {"name": "b", "files": {"out": "b.out"}}]}
for job in CONFIG["jobs"]:
    with open(job["files"]["out"], "w") as file:
        file.write(job["name"])

# %% a tree of objects that prints itself into a file
class Node:
    def __init__(self, value, *children):
        self.value, self.children = value, children

    def __iter__(self):
        yield self.value
        for child in self.children:
            yield from child

    def __str__(self):
        return ",".join(map(str, self))

with open("tree.txt", "w") as file:
    print(Node(1, Node(2), Node(3, Node(4))), file=file)

# %% operators of one's own
class Path2:
    def __init__(self, text):
        self.text = text

    def __truediv__(self, other):
        return Path2(f"{self.text}/{other}")

    def __fspath__(self):
        return self.text

import os

os.mkdir("base")
with open(Path2("base") / "x.txt", "w") as file:
    file.write("x")

# %% a descriptor
class Saved:
    def __set_name__(self, owner, name):
        self.path = f"{name}.txt"

    def __set__(self, instance, value):
        with open("saved.txt", "w") as file:
            file.write(str(value))

    def __get__(self, instance, owner):
        with open("saved.txt") as file:
            return file.read()

class Thing:
    value = Saved()

thing = Thing()
thing.value = 3
print(thing.value)

# %% functions over several arguments
def write_all(*paths, text="", **more):
    for path in paths:
        with open(path, "w") as file:
            file.write(text)
    for name, value in more.items():
        print(name, value)

write_all("a.txt", "b.txt", text="x", extra=1)
names = ["c.txt", "d.txt"]
write_all(*names)

# %% a walrus in a loop
# needs: data.bin=abcdefgh
with open("data.bin", "rb") as source, open("copy.bin", "wb") as target:
    while block := source.read(3):
        target.write(block)

# %% comprehension over files
# needs: a.txt=1
# needs: b.txt=2
contents = {name: open(name).read() for name in ("a.txt", "b.txt")}
lengths = [len(text) for text in contents.values()]
print(lengths)

# %% strings that make names
prefix = "run"
for number in range(2):
    open(f"{prefix}_{number:04d}.log", "w").close()
    open("{}-{}.txt".format(prefix, number), "w").close()
    open("%s.%d" % (prefix, number), "w").close()
    open(prefix + str(number), "w").close()
    open("".join([prefix.upper(), "_", str(number)]), "w").close()

# %% a file name with the date of a row
# needs: rows.txt=2024-01-05\n
import datetime

with open("rows.txt") as rows:
    for row in rows:
        day = datetime.datetime.strptime(row.strip(), "%Y-%m-%d")
        with open(f"day_{day:%Y_%m_%d}.txt", "w") as out:
            out.write("x")

# %% a small virtual machine
PROGRAM = [("push", 2), ("push", 3), ("add", None), ("write", "result.txt")]
stack = []
for operation, argument in PROGRAM:
    if operation == "push":
        stack.append(argument)
    elif operation == "add":
        stack.append(stack.pop() + stack.pop())
    elif operation == "write":
        with open("result.txt", "w") as file:
            file.write(str(stack[-1]))

# %% arguments through a proxy
class Proxy:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        return getattr(self._target, name)

with open("proxied.txt", "w") as plain:
    file = Proxy(plain)
    file.write("x")
