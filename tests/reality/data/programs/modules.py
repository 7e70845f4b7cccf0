# %% modules under other names
import json as j
import os.path as p
from xml.etree import ElementTree as ET
from collections import abc, defaultdict as dd

print(j.dumps({}), p.sep, ET.Element("a").tag, dd(int)["x"], abc.Mapping)

# %% a module by its name
import importlib

for name in ("json", "csv", "math"):
    module = importlib.import_module(name)
    print(module.__name__)

# %% a module that may be missing
try:
    import tomllib
except ModuleNotFoundError:
    tomllib = None
try:
    import numpy as np
except ImportError:
    np = None
print(tomllib is None, np is None)

# %% an import inside of a function
def area(radius):
    from math import pi

    return pi * radius**2

print(round(area(2), 3))

# %% an import for types alone
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

def name(path: Path) -> str:
    return path.name

print(name.__annotations__)

# %% the oldest way to import
json = __import__("json")
print(json.loads("[1]"))

# %% a part of a package
import concurrent.futures
import email.mime.text
import importlib.util
import logging.handlers

print(importlib.util.find_spec("json") is not None, email.mime.text.MIMEText("x").get_content_type())

# %% tests of one's own
import unittest

class Tests(unittest.TestCase):
    def test_sum(self):
        self.assertEqual(sum([1, 2]), 3)

    def test_file(self):
        with open("tested.txt", "w") as file:
            file.write("x")

unittest.main(argv=["tests"], exit=False)

# %% examples in a docstring
import doctest

def double(x):
    """
    >>> double(2)
    4
    """
    return 2 * x

print(doctest.testmod().failed)

# %% a function is timed
import timeit

print(timeit.timeit(lambda: sum(range(10)), number=10) >= 0)

# %% a function is profiled
import cProfile
import pstats

profiler = cProfile.Profile()
profiler.enable()
sorted(range(100))
profiler.disable()
profiler.dump_stats("profile.out")

# %% literals are read safely
import ast

print(ast.literal_eval("[1, {'a': (2, 3)}]"))

# %% a program is looked at as a tree
# needs: job.txt=def f(x):\n    return x\n
import ast

with open("job.txt") as file:
    tree = ast.parse(file.read())
print([node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)])

# %% attributes by constant names
class Shape:
    sides = 4

shape = Shape()
setattr(shape, "name", "square")
for attribute in ("sides", "name"):
    if hasattr(shape, attribute):
        print(getattr(shape, attribute))

# %% a module is mocked
from unittest import mock

with mock.patch("builtins.print") as fake:
    print("hidden")
print(fake.called)

# %% a text is run
exec("with open('made_by_text.txt', 'w') as file:\n    file.write('x')")
print(eval("1 + 2 * 3"))

# %% a function is made by a text
names = {}
exec(compile("def triple(x):\n    return 3 * x\n", "<made>", "exec"), names)
print(names["triple"](2))

# %% classes made while running
Point = type("Point", (), {"x": 1, "save": lambda self, path: open(path, "w").write(str(self.x))})
Point().save("point.txt")
