# %% primes
def primes(limit):
    sieve = bytearray([1]) * (limit + 1)
    for number in range(2, int(limit**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(sieve[number * number :: number]))
    return [n for n in range(2, limit + 1) if sieve[n]]

print(primes(50))

# %% shortest ways
import heapq

GRAPH = {"a": {"b": 1, "c": 4}, "b": {"c": 2}, "c": {}}

def distances(start):
    found, queue = {}, [(0, start)]
    while queue:
        distance, node = heapq.heappop(queue)
        if node not in found:
            found[node] = distance
            for other, weight in GRAPH[node].items():
                heapq.heappush(queue, (distance + weight, other))
    return found

print(distances("a"))

# %% matrices
import operator

def multiply(a, b):
    return [[sum(map(operator.mul, row, column)) for column in zip(*b)] for row in a]

print(multiply([[1, 2], [3, 4]], [[0, 1], [1, 0]]))

# %% exact fractions and roots
import fractions
import math

print(fractions.Fraction(1, 3) + fractions.Fraction(1, 6), math.isqrt(50), math.comb(5, 2))

# %% permutations and products
import itertools

print(len(list(itertools.permutations("abc"))), list(itertools.product([0, 1], repeat=2))[-1])

# %% an order of tasks
from graphlib import TopologicalSorter

print(list(TopologicalSorter({"c": {"b"}, "b": {"a"}}).static_order()))

# %% dates
from datetime import date, timedelta

print([(date(2024, 2, 27) + timedelta(days=n)).isoformat() for n in range(3)])

# %% regular expressions
import re

print(re.sub(r"(\w+)@(\w+)\.com", r"\2: \1", "ann@example.com"), re.compile("a+").findall("aabca"))

# %% text in several scripts
import unicodedata

print(unicodedata.normalize("NFD", "é").encode("ascii", "ignore"), "ß".casefold(), ord("€"))

# %% bits and bytes
import binascii
import struct

print(struct.unpack(">HI", struct.pack(">HI", 1, 2)), binascii.hexlify(b"ab"), (5).to_bytes(2, "big"))

# %% a game of life
cells = {(0, 1), (1, 1), (2, 1)}

def neighbours(x, y):
    return {(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} - {(x, y)}

for _ in range(2):
    near = set().union(*(neighbours(*cell) for cell in cells)) | cells
    cells = {c for c in near if len(neighbours(*c) & cells) in ((2, 3) if c in cells else (3,))}
print(sorted(cells))

# %% a simulation with a seed
import random
import statistics

generator = random.Random(1)
print(round(statistics.fmean(generator.gauss(0, 1) for _ in range(100)), 3))

# %% a parser of sums
import re

def value(text):
    tokens = re.findall(r"\d+|[-+*()]", text)

    def expression():
        total = term()
        while tokens and tokens[0] in "+-":
            total = total + term() if tokens.pop(0) == "+" else total - term()
        return total

    def term():
        total = factor()
        while tokens and tokens[0] == "*":
            tokens.pop(0)
            total *= factor()
        return total

    def factor():
        token = tokens.pop(0)
        if token == "(":
            inner = expression()
            tokens.pop(0)
            return inner
        return int(token)

    return expression()

print(value("2*(3+4)-5"))

# %% tables of text
rows = [("apple", 1.5), ("fig", 10)]
for name, price in rows:
    print(f"{name:<10}|{price:>8.2f}")
print("{0!r:>10} {1:,}".format("x", 1234567))

# %% sets and dictionaries
first, second = {1, 2, 3}, {3, 4}
print(first | second, first & second, {**{"a": 1}, "b": 2}, dict(zip("ab", range(2))))

# %% recursion with memory
import functools

@functools.cache
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

print(fibonacci(50))

# %% objects that compare
import functools

@functools.total_ordering
class Version:
    def __init__(self, text):
        self.parts = tuple(map(int, text.split(".")))

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts

print(max(Version("1.10"), Version("1.9")).parts)

# %% copies
import copy

original = {"a": [1, 2]}
deep = copy.deepcopy(original)
deep["a"].append(3)
print(original, deep)

# %% weak references
import gc
import weakref

class Thing:
    pass

thing = Thing()
reference = weakref.ref(thing)
del thing
gc.collect()
print(reference() is None)

# %% printing deep things
import pprint
import reprlib

print(pprint.pformat({"a": list(range(20))}, width=40), reprlib.repr("x" * 100))
