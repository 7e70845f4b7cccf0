"""Programs that are written to break whoever analyses them: too deep, too long, too many, too large.

Every one ends by starting a process, so that none may ever be allowed: an analysis that gives up has
to say so.
"""

# ruff: noqa: E501 - programs read best where a line of theirs is not torn apart

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator

PAYLOAD = '\nimport os\nos.system("id")\n'
"""What every program does at its end."""

DEEP = 3_000
LONG = 1 << 16
MANY = 10_000


def programs() -> Iterator[tuple[str, str]]:
    """Yield each program with its name."""
    for name, text in {**_nested(), **_operators(), **_texts()}.items():
        yield name, text + PAYLOAD
    for name, make in _MADE.items():
        yield name, make() + PAYLOAD


def _nested() -> dict[str, str]:
    """Return each kind of bracket, expression and statement inside of itself."""
    found = {
        f"{count:,} {name}": opening * count + middle + closing * count
        for count in (90, DEEP)
        for name, opening, middle, closing in _BRACKETS
    }
    for count in (90, DEEP):
        for name, header in _BLOCKS:
            lines = [" " * depth + header for depth in range(count)]
            found[f"{count:,} nested {name}"] = "\n".join([*lines, " " * count + "pass"])
    for count in (18, DEEP):
        for name, header, ending in _ENDED_BLOCKS:
            lines = [" " * depth + header for depth in range(count)]
            lines.append(" " * count + "pass")
            lines += [" " * depth + ending for depth in reversed(range(count))]
            found[f"{count:,} nested {name}"] = "\n".join(lines)
    return found


_BRACKETS = (
    ("parentheses", "(", "1", ")"),
    ("lists", "[", "1", "]"),
    ("tuples", "(", "1", ",)"),
    ("sets", "{", "1", "}"),
    ("dictionaries", "{1:", "1", "}"),
    ("calls", "f(", "1", ")"),
    ("calls by keyword", "f(a=", "1", ")"),
    ("starred calls", "f(*", "[]", ")"),
    ("subscripts inside", "x[", "0", "]"),
    ("lambdas", "lambda: ", "1", ""),
    ("lambdas called", "(lambda: ", "1", ")()"),
    ("conditionals", "1 if a else ", "1", ""),
    ("conditionals in their tests", "(1 if ", "a", " else 2)"),
    ("walruses", "(a := ", "1", ")"),
    ("awaits", "(await ", "a", ")"),
    ("yields", "(yield ", "a", ")"),
    ("list comprehensions", "[", "a", " for a in b]"),
    ("list comprehensions over each other", "[a for a in ", "b", "]"),
    ("dictionary comprehensions", "{a: ", "a", " for a in b}"),
    ("f-strings", "f'{f\"{", "1", "}\"}'"),
    ("comparisons in parentheses", "(1 < ", "a", ")"),
    ("powers", "2 ** ", "1", ""),
    ("slices", "a[:", "1", "]"),
)

_BLOCKS = (
    ("ifs", "if a:"),
    ("whiles", "while a:"),
    ("fors", "for a in b:"),
    ("withs", "with a:"),
    ("functions", "def f():"),
    ("classes", "class A:"),
    ("matches", "async def f(a=lambda: 0):"),
)

_ENDED_BLOCKS = (
    ("tries", "try:", "except Exception: pass"),
    ("finallies", "try:", "finally: pass"),
    ("elses of loops", "for a in b:", "else: pass"),
)


def _operators() -> dict[str, str]:
    """Return long chains of one operator each."""
    return {
        "64 kB of minus": "-" * LONG + "1",
        "64 kB of tilde": "~" * LONG + "1",
        "64 kB of not": "not " * (LONG // 4) + "1",
        "400 minus": "-" * 95 + "1",
        **{
            f"a chain of {count:,} {name}": piece.join(["a"] * count)
            for count in (480, LONG // 2)
            for name, piece in _CHAINED
        },
        **{
            f"{count:,} {name} in a row": "a = 0\na" + piece * count
            for count in (480, LONG // 4)
            for name, piece in _TRAILING
        },
        "10,000 pieces of a string": "x = (" + "'a'\n" * MANY + ")",
        "480 pieces of a string": "x = (" + "'a'\n" * 90 + ")",
        "100,000 strings added": "x = " + " + ".join(["'a'"] * 100_000),
        "10,000 decorators": "def d(f): return f\n" + "@d\n" * MANY + "def f(): pass",
        "10,000 elifs": "if a: pass\n" + "elif a: pass\n" * MANY,
        "450 elifs": "a = 0\nif a: x = 0\n" + "".join(f"elif a: x = {n}\n" for n in range(450)),
        "10,000 targets": "a = " * MANY + "1",
        "10,000 semicolons": "a = 1;" * MANY,
        "10,000 starred": "[" + "*a, " * MANY + "]",
        "10,000 with items": "with " + ", ".join(["a"] * MANY) + ": pass",
        "10,000 for targets": "for " + ", ".join(f"a{n}" for n in range(MANY)) + " in b: pass",
        "10,000 arguments": "f(" + ", ".join(["a"] * MANY) + ")",
        "10,000 keywords": "f(" + ", ".join(f"a{n}=1" for n in range(MANY)) + ")",
        "10,000 parameters": "def f(" + ", ".join(f"a{n}=1" for n in range(MANY)) + "): pass\nf()",
        "10,000 global names": "def f():\n global " + ", ".join(f"a{n}" for n in range(MANY)),
        "10,000 names deleted": "del " + ", ".join(f"a{n}" for n in range(MANY)),
        "10,000 clauses of a comprehension": "[a" + " for a in b" * MANY + "]",
        "60 clauses of a comprehension": "[a" + " for a in b" * 60 + "]",
        "10,000 conditions of a comprehension": "[a for a in b" + " if a" * MANY + "]",
        "a large literal": "x = [" + "1, " * (10 * MANY) + "]",
        "a large literal of texts": "x = [" + "'a', " * (10 * MANY) + "]\nopen(x[9])",
        "a large literal, unpacked": "(" + "*a, " * 9 + ") = [" + "1, " * MANY + "]",
        "10,000 stars unpacked": "a, *b = [*" + ", *".join(["[1, 2]"] * MANY) + "]",
        "a large dictionary": "x = {" + ", ".join(f"{n}: {n}" for n in range(MANY)) + "}\nopen(x[9])",
        "a large f-string": "a = 1\nx = f'" + "{a}" * MANY + "'",
    }


_CHAINED = (
    ("sums", "+"),
    ("differences", " - "),
    ("products", "*"),
    ("remainders", " % "),
    ("ors", " or "),
    ("ands", " and "),
    ("comparisons", " < "),
    ("memberships", " in "),
    ("attributes", "."),
    ("unions", " | "),
    ("powers", "**"),
    ("matrix products", "@"),
)

_TRAILING = (
    ("attributes", ".a"),
    ("subscripts", "[0]"),
    ("calls", "()"),
    ("method calls", ".a()"),
    ("calls of items", "[0](1)"),
)


def _lines(count: int, line: str) -> str:
    """Return a line for each of `count` numbers, which stand at its `N`s."""
    return "\n".join(line.replace("N", str(number)) for number in range(count))


def _texts() -> dict[str, str]:
    """Return what grows beyond all bounds when it is computed."""
    return {
        "a doubling f-string": "a = 'aa'\n" + "a = f'{a}{a}'\n" * 40 + "open(a)",
        "a doubling f-string with a hole": "a = input()\n" + "a = f'{a}/{a}x'\n" * 40 + "open(a)",
        "a doubling sum": "a = 'aa'\n" + "a = a + a\n" * 40 + "open(a)",
        "a doubling list": "a = [1]\n" + "a = a + a\n" * 40 + "open(a[0])",
        "a list that is extended by itself": "a = [1]\n" + "a += a\n" * 40 + "open(a[0])",
        "a doubling dictionary": "a = {}\n" + "a = {'a': a, 'b': a}\n" * 40 + "open(a['a']['b'])",
        "a doubling tuple": "a = ()\n" + "a = (a, a)\n" * 40 + "open(a)",
        "a doubling format": "a = 'aa'\n" + "a = '{0}{0}'.format(a)\n" * 40 + "open(a)",
        "a doubling percent": "a = 'aa'\n" + "a = '%s%s' % (a, a)\n" * 40 + "open(a)",
        "a doubling join": "a = 'aa'\n" + "a = a.join([a, a, a])\n" * 40 + "open(a)",
        "a doubling replace": "a = 'aa'\n" + "a = a.replace('a', 'aa')\n" * 40 + "open(a)",
        "a doubling choice": "a = 'a'\n" + "a = a + ('b' if a else 'c')\n" * 40 + "open(a)",
        "a doubling function": "f0 = lambda: 'a'\n"
        + _lines(40, "fN1 = lambda: 'a'\nfN = lambda: fN1() + fN1()"),
        "a function that calls two": "def f0(): pass\n"
        + "\n".join(f"def f{n + 1}():\n f{n}()\n f{n}()" for n in range(60))
        + "\nf60()",
        "a function that calls two with other arguments": "def f0(a): open(a)\n"
        + "\n".join(f"def f{n + 1}(a):\n f{n}(a + 'x')\n f{n}(a + 'y')" for n in range(60))
        + "\nf60('')",
        "repr upon repr": 'a = "\'"\n' + "a = repr(a)\n" * 40 + "open(a)",
        "quote upon quote": "a = '%'\n" + "import urllib.parse as u\n" + "a = u.quote(a * 3)\n" * 40,
        "escape upon escape": "a = '<'\nimport html\n" + "a = html.escape(a * 4)\n" * 40,
        "base64 upon base64": "a = b'aa' * 999\nimport base64\n" + "a = base64.b64encode(a + a)\n" * 40,
        "a text times 10**9": "open('a' * 10 ** 9)",
        "bytes times 10**9": "open(b'a' * 10 ** 9)",
        "a list times 10**9": "open(['a'] * 10 ** 9)",
        "a number of 10**9 digits": "open('%1000000000d' % 1)",
        "a precision of 10**9": "open('%.1000000000f' % 1)",
        "a width of 10**9": "open(f'{1:1000000000}')",
        "a width that is a number": "w = 10 ** 9\nopen(f'{1:{w}}')",
        "format with a width": "open(format(1, '1000000000'))\nopen('{:1000000000}'.format(1))",
        "a power of powers": "x = 10 ** 10 ** 10",
        "a power of a power": "x = (10 ** 60) ** (10 ** 60)",
        "a shift by 10**9": "x = 1 << 10 ** 9",
        "pow": "x = pow(10, 10 ** 10)",
        "a negative shift": "x = 1 << -1\ny = 1 // 0\nz = 1.0 ** 10 ** 10",
        "floats that overflow": "x = 1e308 * 10\ny = int(x)\nz = x - x\nopen(f'{z}')\na = {z: 1}\nb = a[z]",
        "a literal of 100,000 digits": "x = " + "9" * 100_000,
        "a hexadecimal literal of 100,000 digits": "x = 0x" + "f" * 100_000 + "\nopen(str(x))",
        "a literal of 4,000 digits": "x = 0x" + "f" * 3_900 + "\nopen(str(x))\nopen(f'{x}')\nopen('%d' % x)",
        "an integer of 10**6 digits": "x = int('9' * 10 ** 6)",
        "an imaginary of many digits": "x = " + "9" * 100_000 + "j",
        "a float of many digits": "x = " + "9" * 60_000 + ".5e99999",
        "bytes(10**9)": "x = bytes(10 ** 9)\ny = bytearray(10 ** 9)",
        "range(10**18)": "x = list(range(10 ** 18))\nfor i in range(10 ** 18): open(str(i))",
        "center by 10**9": "open('a'.center(10 ** 9))\nopen('a'.ljust(10 ** 9))\nopen('a'.zfill(10 ** 9))",
        "expandtabs": "open('\\t'.expandtabs(10 ** 9))\nopen(('\\t' * 60000).expandtabs(60000))",
        "translate to long texts": "open(('a' * 60000).translate({97: 'b' * 60000}))",
        "replace with long texts": "open(('a' * 60000).replace('a', 'b' * 60000))",
        "join of long texts": "open(('a' * 60000).join(['b'] * 4000))\nopen(('a' * 60000).join('b' * 60))",
        "split of long texts": "for x in ('a ' * 30000).split(): open(x)",
        "a long text in a loop": "for x in 'a' * 60000: open(x)",
        "indent": "import textwrap\nopen(textwrap.indent('a\\n' * 30000, 'b' * 60000))",
        "punycode": "x = ('\\xfc' * 60000).encode('punycode')\ny = ('a' * 30000).encode('idna')",
        "idna": "x = ('\\xfc' * 3000).encode('idna')\ny = ('xn--' + 'a' * 3000).encode().decode('idna')",
        "unescape": "import html\nx = html.unescape('&' * 60000)\ny = html.unescape('&#9' * 20000)",
        "dedent": "import textwrap\nx = textwrap.dedent(' \\n' * 30000)\ny = textwrap.dedent(' ' * 60000 + 'a')",
        "ascii85": "import base64\nx = base64.a85decode('z' * 60000)\ny = base64.b85decode('~' * 60000)",
        "a long number as text": "x = float('9' * 60000)\ny = complex('9' * 60000)\nz = hex(10 ** 60)",
    }


def _bomb(packed: bytes, call: str) -> str:
    return f"import base64, zlib, gzip, bz2, lzma\nx = {call.replace('DATA', repr(packed))}\nopen(x)"


def _zeros() -> bytes:
    return b"a" * 50_000_000


def _matrix(count: int, piece: str) -> str:
    body = "\n ".join(piece.replace("N", str(n)) for n in range(count))
    return "\n".join(f"def f{n}(a=None):\n {body}" for n in range(count))


def _branches(count: int) -> str:
    return (
        "x = ''\n"
        + "\n".join(f"if a{n}: x = x + '{n}'\nelse: x = x + '-{n}'" for n in range(count))
        + "\nopen(x)"
    )


_MADE: dict[str, Callable[[], str]] = {
    "a zlib bomb": lambda: _bomb(zlib.compress(_zeros(), 9), "zlib.decompress(DATA)"),
    "a zlib bomb in base64": lambda: _bomb(
        base64.b64encode(zlib.compress(_zeros(), 9)), "zlib.decompress(base64.b64decode(DATA))"
    ),
    "a gzip bomb": lambda: _bomb(gzip.compress(_zeros(), 9), "gzip.decompress(DATA)"),
    "a bz2 bomb": lambda: _bomb(bz2.compress(_zeros()), "bz2.decompress(DATA)"),
    "an lzma bomb": lambda: _bomb(lzma.compress(_zeros(), preset=0), "lzma.decompress(DATA)"),
    "a zlib bomb by a codec": lambda: _bomb(zlib.compress(_zeros(), 9), "DATA.decode('zlib')"),
    # Many of a kind.
    "10,000 names": lambda: _lines(MANY, "aN = N"),
    "10,000 functions": lambda: _lines(MANY, "def fN(): return N"),
    "10,000 functions, called": lambda: _lines(MANY, "def fN(): return N\nfN()"),
    "10,000 lambdas": lambda: _lines(MANY, "fN = lambda a, b=N: a + b"),
    "10,000 classes": lambda: _lines(MANY, "class AN: a = N"),
    "10,000 classes that inherit": lambda: (
        "class A0: pass\n" + "\n".join(f"class A{n + 1}(A{n}): pass" for n in range(MANY))
    ),
    "300 classes that inherit": lambda: (
        "class A0: pass\n" + "\n".join(f"class A{n + 1}(A{n}): pass" for n in range(300))
    ),
    "classes with 200 bases": lambda: (
        _lines(200, "class AN: pass")
        + "\nclass B("
        + ", ".join(f"A{n}" for n in range(200))
        + "): pass\nB().a"
    ),
    "a class hierarchy that doubles": lambda: (
        "class A0: pass\nclass B0: pass\n"
        + "\n".join(f"class A{n + 1}(A{n}, B{n}): pass\nclass B{n + 1}(A{n}, B{n}): pass" for n in range(60))
    ),
    "10,000 imports": lambda: _lines(MANY, "import modN"),
    "10,000 imports of the same": lambda: "import json\n" * MANY,
    "10,000 names imported": lambda: "from a import " + ", ".join(f"a{n}" for n in range(MANY)),
    "10,000 operations": lambda: _lines(MANY, "open('fileN')"),
    "10,000 gaps": lambda: _lines(MANY, "gN()"),
    "10,000 bindings of a name": lambda: _lines(MANY, "a = N") + "\ndef f(): open(a)\n",
    "10,000 functions bound to a name": lambda: _lines(MANY, "def f(): return N") + "\ndef g(): f()\n",
    "10,000 attributes": lambda: "class A: pass\na = A()\n" + _lines(MANY, "a.bN = N"),
    "10,000 items": lambda: "a = {}\n" + _lines(MANY, "a['bN'] = N") + "\nopen(a[input()])",
    "10,000 elements appended": lambda: "a = []\n" + "a.append('b')\n" * MANY + "for b in a: open(b)",
    "10,000 modules stored": lambda: "import os\na = []\n" + "a.append(os)\n" * MANY + "print(a)",
    "10,000 functions stored": lambda: "a = []\n" + "a.append(lambda: 1)\n" * 3_000 + "print(a)",
    "10,000 stars imported": lambda: _lines(MANY, "from modN import *") + "\nf()",
    "10,000 tries": lambda: _lines(MANY, "try: a = N\nexcept E: a = 'N'"),
    "10,000 loops": lambda: _lines(MANY // 4, "for a in b: c = a"),
    "10,000 cases": lambda: "match a:\n" + _lines(MANY, " case N: x = N"),
    "1,000 cases of texts": lambda: "match a:\n" + _lines(1_000, " case 'N': x = 'N'") + "\nopen(x)",
    "10,000 nested names in a pattern": lambda: (
        "match a:\n case [" + ", ".join(f"b{n}" for n in range(MANY)) + "]: pass"
    ),
    "10,000 alternatives of a pattern": lambda: (
        "match a:\n case " + " | ".join(map(str, range(MANY))) + ": pass"
    ),
    "10,000 annotations": lambda: _lines(MANY, "aN: 'list[int]' = N"),
    "10,000 docstrings": lambda: "'''doc'''\n" * MANY,
    "10,000 comments": lambda: "# comment\n" * MANY + "#" * 100_000,
    "10,000 empty lines": lambda: "\n \n\t\n\x0c\n" * MANY,
    "10,000 continued lines": lambda: "x = 1" + " \\\n + 1" * 400 + "\\\n" * MANY,
    # Cycles.
    "a name bound to itself": lambda: "a = a\na.b = a\na.b.b.b.b.c()",
    "an object in itself": lambda: (
        "class A: pass\na = A()\na.b = a\nb = A()\nb.a = a\na.c = b\nprint(a)\na.b.c.a.b()"
    ),
    "a list in itself": lambda: (
        "a = []\na.append(a)\na[0] = a\nprint(a, *a)\nfor b in a:\n for c in b:\n  c.append(a)\n"
    ),
    "a dictionary in itself": lambda: "a = {}\na['a'] = a\na.update(a)\nprint({**a}, a['a']['a'])\n",
    "lists in each other": lambda: "a = []\nb = [a]\na.append(b)\na += b\nb += a\nopen(a[0][0][0])",
    "functions that call each other": lambda: (
        "def f(a): return g(a)\ndef g(a): return h(f, a)\ndef h(*a): return a[0](h)\nf(g)"
    ),
    "a function that calls itself twice": lambda: "def f(a):\n return f(a + '1') + f(a + '2')\nopen(f(''))",
    "a function that gets itself": lambda: (
        "def f(*a): return f(f, *a)\nf(f)\n(lambda x: x(x))(lambda x: x(x))"
    ),
    "the Y combinator": lambda: (
        "Y = lambda f: (lambda x: f(lambda *a: x(x)(*a)))(lambda x: f(lambda *a: x(x)(*a)))\nY(lambda s: lambda n: s(n - 1))(9)"
    ),
    "a generator that yields itself": lambda: (
        "def f():\n g = f()\n yield g\n yield from g\n for x in g: yield x\nfor a in f(): next(a)"
    ),
    "a class that inherits from itself": lambda: (
        "class A: pass\nfor _ in '12345':\n class A(A): pass\n A.b = A\nA().b().b"
    ),
    "a class that inherits from its instance": lambda: (
        "class A: pass\nclass B(A()): pass\nclass C(B, A, B): pass\nC().x"
    ),
    "a class whose bases change": lambda: "class A: pass\nclass B(A): pass\nA.__bases__ = (B,)\nA.x",
    "an object that changes its class": lambda: (
        "class A: pass\nclass B(A): pass\na = A()\n" + "a.__class__ = B\na.__class__ = A\n" * 60 + "a.x()"
    ),
    "a decorator that returns itself": lambda: (
        "def d(f): return d\n" + "@d\n" * 90 + "def f(): pass\nf(f)(f)"
    ),
    "a property of itself": lambda: (
        "class A:\n @property\n def a(self): return self.a\n def __getattr__(self, n): return getattr(self, n)\nA().a.b"
    ),
    "attribute hooks in a circle": lambda: (
        "class A:\n def __getattr__(self, n): return A().b\n __call__ = __getitem__ = __iter__ = __getattr__\nfor a in A()[0](): a.b"
    ),
    "an iterator of iterators": lambda: (
        "class A:\n def __iter__(self): return A()\n def __next__(self): return iter(self)\nfor a in A():\n for b in a: list(b)"
    ),
    "operators in a circle": lambda: (
        "class A:\n def __add__(self, o): return o + self\n __radd__ = __mul__ = __add__\nA() + A() + A()"
    ),
    "a partial of itself": lambda: (
        "import functools\np = print\n" + "p = functools.partial(p, p)\n" * 300 + "p(p)"
    ),
    "a chain of wrappers": lambda: (
        "f = lambda *a: a\n" + "f = (lambda g: lambda *a: g(g, *a))(f)\n" * 300 + "f()"
    ),
    "functions in dictionaries": lambda: (
        "t = {}\ndef f(n, *a): return t[n](n, *a)\n" + _lines(100, "t['N'] = f") + "\nf(input())"
    ),
    # Products.
    "2**60 paths": lambda: _branches(60),
    "10,000 branches on one name": lambda: _lines(MANY // 4, "if a: x = 'N'") + "\nopen(x)",
    "sets of values multiplied": lambda: (
        "s = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']\nx = ''\n" + "for a in s: x = x + a\n" * 20 + "open(x)"
    ),
    "a comprehension of a product": lambda: (
        "s = 'abcdefgh'\nx = [a + b + c + d for a in s for b in s for c in s for d in s]\nfor y in x: open(y)"
    ),
    "20 nested loops": lambda: (
        "".join(f"{' ' * n}for a{n} in 'abc':\n" for n in range(15))
        + " " * 15
        + "open("
        + " + ".join(f"a{n}" for n in range(15))
        + ")"
    ),
    "15 nested whiles that change": lambda: (
        "x = []\n" + "".join(f"{' ' * n}while x:\n{' ' * (n + 1)}x = [x, {n}]\n" for n in range(15))
    ),
    "every function calls every other": lambda: _matrix(40, "fN()") + "\nf0()",
    "every function calls every other with itself": lambda: _matrix(30, "fN(fN)") + "\nf0(f1)",
    "every function calls every other with what it got": lambda: _matrix(30, "fN((a, N))") + "\nf0()",
    "every function returns every other": lambda: _matrix(30, "if a: return fN") + "\nf0()()()()()",
    "every method calls every other": lambda: (
        "class A:\n"
        + "\n".join(
            f" def m{n}(self, a):\n" + "\n".join(f"  self.m{k}(a)" for k in range(30)) for n in range(30)
        )
        + "\nA().m0(open)"
    ),
    "every function sets every global": lambda: "\n".join(
        f"def f{n}():\n global "
        + ", ".join(f"g{k}" for k in range(30))
        + "\n "
        + "\n ".join(f"g{k} = f{n}" for k in range(30))
        + f"\n g{n}()"
        for n in range(30)
    ),
    "a chain of 1,000 calls": lambda: (
        "def f0(a): return a\n"
        + "\n".join(f"def f{n + 1}(a): return f{n}(a)" for n in range(1_000))
        + "\nopen(f1000('a'))"
    ),
    "many objects in many lists": lambda: (
        "class A:\n def __init__(self, n): self.n = n\n"
        "x = []\n" + _lines(300, "x.append(A(x))") + "\nfor a in x:\n for b in a.n: b.n = a; print(b)"
    ),
    "60 functions handed around": lambda: (
        _lines(60, "def fN(*a): return [g(*a) for g in t]")
        + "\nt = ["
        + ", ".join(f"f{n}" for n in range(60))
        + "]\nprint(map(f0, t))"
    ),
    "sixty-four values in calls": lambda: (
        "def f(*a): return a\nx = 'a'\n"
        + "".join(f"if i: x = '{n}'\n" for n in range(60))
        + "f(x + x, x + x)\n" * 60
        + "open(f(x, x)[0] + x)"
    ),
    "code in code in code": lambda: "x = 'open(1)'\n" + "x = 'exec(' + repr(x) + ')'\n" * 14 + "exec(x)",
    "a program of 60,000 letters in a string, 100 times": lambda: (
        "c = 'a = 1\\n' * 10000\n" + "exec(c)\n" * 100
    ),
    "1,000 calls of eval": lambda: "eval('1 + ' * 400 + '1')\n" * 1_000,
    # Texts of other languages.
    "shell substitutions in each other": lambda: (
        "import os\nos.system('echo " + "$(echo " * 1_000 + ")" * 1_000 + "')"
    ),
    "shell in shell in shell": lambda: (
        "import os\nx = 'id'\n" + "x = 'sh -c ' + repr(x)\n" * 14 + "os.system(x)"
    ),
    "shell quotes": lambda: (
        f"import os\nos.system({chr(34) + chr(39) * 20_000 + chr(34)})\nos.system('`' * 20000)\nos.system('\"' * 20000)"
    ),
    "shell operators": lambda: (
        "import os\nos.system('a ' + '&& a ' * 10000)\nos.system('a ' + '| a ' * 10000)\nos.system('(' * 20000)\nos.system('{ ' * 20000)"
    ),
    "shell heredocs": lambda: "import os\nos.system('cat ' + '<<A ' * 9000 + '\\n' + 'A\\n' * 9000)",
    "shell expansions": lambda: (
        "import os\nos.system('echo ' + '${a:-' * 9000 + '}' * 9000)\nos.system('$((' * 9000)\nos.system('echo {a,b}' + '{a,b}' * 9000)"
    ),
    "shell compounds": lambda: (
        "import os\nos.system('if a; then ' * 5000 + 'b;' + 'fi;' * 5000)\nos.system('for i in a; do ' * 5000)\nos.system('case a in b) ' * 5000)\nos.system('f() { ' * 5000)"
    ),
    "shell assignments": lambda: (
        "import os\nos.system('a=1; ' * 10000 + 'env ' * 10000)\nos.system('xargs ' * 9000)\nos.system('a=$a$a; ' * 3000 + '$a')"
    ),
    "shell words": lambda: (
        "import os\nos.system('a ' * 30000)\nos.system('echo $((' + 'a' * 60000 + '))')\nos.system('echo ' + '$((1))' * 9000)"
    ),
    "shell patterns": lambda: (
        "import os\nos.system('ls ' + '[' * 60000)\nos.system('x=' + 'a' * 900 + '\\n' + 'y=${x%*a*a*b}\\n' * 3000)"
    ),
    "shell variables": lambda: (
        "import os\nos.system(''.join(f'a{n}=1;' for n in range(9)) * 1000)\nos.system("
        + repr("".join(f"a{n}=1;b\n" for n in range(3_000)))
        + ")"
    ),
    "shell functions": lambda: (
        "import os\nos.system('f() { ' + 'a;' * 9000 + ' }\\n' + 'x=$x$y;b\\n' * 3000)\nos.system("
        + repr("".join(f"f{n}() {{ f{n + 1}; f{n + 1}; }}\n" for n in range(60)) + "f0")
        + ")"
    ),
    "1,000 shell texts of loops": lambda: (
        "import os\nx = 'for a in 1 2 3 4 5 6 7 8; do ' * 4 + 'b;' + 'done;' * 4\n" + "os.system(x)\n" * 1_000
    ),
    "1,000 Pythons in argument lists": lambda: (
        "import subprocess\nx = 'while x:\\n while y:\\n  x = [x, y]\\n  y = {x: y}'\n"
        + _lines(1_000, "subprocess.run(['python', '-c', x + '#N'])")
    ),
    "sql in parentheses": lambda: (
        "import sqlite3\nc = sqlite3.connect('a')\nc.execute('SELECT ' + '(' * 20000 + '1' + ')' * 20000)\nc.execute('SELECT ' + '(SELECT ' * 6000)"
    ),
    "sql statements": lambda: (
        "import sqlite3\nc = sqlite3.connect('a')\nc.execute('SELECT 1;' * 7000)\nc.execute('SELECT ' + '1,' * 30000)\nc.execute('SELECT a FROM b ' + 'JOIN c ' * 6000)"
    ),
    "sql unions": lambda: (
        "import sqlite3\nc = sqlite3.connect('a')\nc.execute('SELECT 1 ' + 'UNION SELECT 1 ' * 3000)\nc.execute('WITH ' + 'a AS (WITH ' * 5000)\nc.execute('/*' * 30000)"
    ),
    "a path of 100,000 dots": lambda: "open('" + "../" * 100_000 + "etc/passwd')",
    "a path of 20,000 dots": lambda: (
        "import pathlib, os\np = '../' * 20000 + 'etc/passwd'\nopen(p)\npathlib.Path(p).resolve().read_text()\nopen(os.path.normpath(os.path.join(p, p)))"
    ),
    "a path of 10,000 parents": lambda: (
        "import pathlib\np = pathlib.Path('a/b')\nopen(p"
        + ".parent" * 450
        + ")\n"
        + "p = p / p\n" * 40
        + "open(p)"
    ),
    "a glob of stars": lambda: (
        "import glob\nglob.glob('*' * 60000)\nglob.glob('**/' * 20000)\nglob.glob('[' * 60000)"
    ),
    "a URL of everything": lambda: (
        "import requests\n"
        + "\n".join(
            f"requests.get({text})"
            for text in (
                "'http://' + 'a.' * 30000",
                "'http://' + '@' * 60000",
                "'http://' + ':' * 60000",
                "'http://[' + ':' * 60000 + ']'",
                "'http:' + '/' * 60000",
                "'http://a/' + '../' * 20000",
                "'http://a?' + 'a=b&' * 15000",
                "'\\\\' * 60000",
                "'http://' + '%' * 60000",
                "'http://' + '\\xfc' * 20000",
                "'http://xn--' + 'a' * 60000",
                "'http://' + '9' * 60000",
                "'http://0x' + 'f' * 60000",
                "'http://a:' + '9' * 60000",
            )
        )
    ),
    "URLs joined": lambda: (
        "from urllib.parse import *\nu = 'http://a/b'\n"
        + "u = urljoin(u, '../' * 20000 + u)\n" * 9
        + "import requests\nrequests.get(u)\nurlparse(u)"
    ),
    "a format of braces": lambda: (
        "x = ('{' * 60000).format(1)\ny = ('{}' * 30000).format(1)\nz = '{0"
        + "[0]" * 9_000
        + "}'.format(1)\nopen(z)"
    ),
    "a format of percents": lambda: (
        "x = '%' * 60000 % 1\ny = ('%d' * 30000) % 1\nz = ('%(a)s' * 9000) % {'a': 1}\nopen(x + y + z)"
    ),
    "a layout of dates": lambda: (
        "import datetime\nx = datetime.datetime.now().strftime('%Y' * 30000)\ny = datetime.datetime.now().strftime('%' * 60000)\nopen(x + y)"
    ),
    "amounts of money": lambda: (
        "import stripe\nstripe.Charge.create(amount=10 ** 60, currency='a' * 60000)\nstripe.Charge.create(amount='9' * 60000, currency='usd')"
    ),
    # Letters.
    "a lone surrogate in a text": lambda: (
        "open('\\ud800')\nimport os\nos.getenv('\\udc80')\nos.system('\\ud83d')\nx = '\\ud800'.encode()\nopen(f'{chr(0xd800)}\\udfff')"
    ),
    "surrogates everywhere": lambda: (
        "import requests, sqlite3, pathlib\nrequests.get('http://\\ud800/')\nsqlite3.connect('\\ud800').execute('SELECT \\ud800')\npathlib.Path('\\ud800').read_text()\n__import__('\\ud800')\ngetattr(pathlib, '\\ud800')\neval('\\ud800')"
    ),
    "a NUL in a text": lambda: (
        "open('a\\0b')\n__import__('o\\0s')\neval('1\\0')\nimport os\nos.system('a\\0b')\nos.getenv('\\0')"
    ),
    "names in many scripts": lambda: (
        "\u1d452\u1d465\u1d452\u1d450 = 1\n\uff4f\uff50\uff45\uff4e('a')\n\u00aa\u02b0 = 2\n"
        + "\u0345".join(["a"] * 2)
        + " = 3\n"
    ),
    "a long name to normalise": lambda: "\ufdfa" * 3_000 + " = 1\n" + "a" + "\u0301\u0323" * 10_000 + " = 1",
    "control letters": lambda: (
        "x = '\x01\x02\x7f\x1b[2J'\nopen(x)\n# \u202e\u2066 \U000e0041\U000e0042\nopen('\u202etxt')\n"
    ),
    "all line ends": lambda: (
        "x = 1\r\ny = 2\rz = '''a\rb\r\nc'''\nopen('a')\u2028\n".replace("\u2028", "")
        + "a = '\u2028\u2029\x85\x1c'\x0c\nopen(a)"
    ),
    "carriage returns alone": lambda: "x = 1\ropen('a')\rif x:\r open('b')\r",
    "form feeds": lambda: "\x0cif 1:\n \x0c open('a')\n\x0c  \x0copen('b')\n",
    "tabs and spaces": lambda: "if 1:\n\topen('a')\n        open('b')\n",
    "a cookie of another coding": lambda: "# -*- coding: utf-7 -*-\nx = '+AC8-'\n# coding: rot13\n",
    "a cookie of no coding": lambda: "# -*- coding: \u0430\u0431\u0432 -*-\n# vim: set fileencoding=zlib :\n",
    "a byte order mark in the middle": lambda: "x = 1\ny = '\ufeff'\nopen(y)\n",
    "a backslash at the end": lambda: "x = 1\n# \\\nopen('a') \\\n\n",
    "escapes of names": lambda: (
        "open('\\N{LATIN SMALL LETTER A}' * 99)\nx = '\\x41\\u0041\\U00000041\\101'\nopen(x)\n"
    ),
    "a megabyte of a comment": lambda: "#" * 1_000_000,
    "a megabyte of a text": lambda: "x = '" + "a" * 1_000_000 + "'\nopen(x)",
    "a megabyte of lines": lambda: "a = 1\n" * 170_000,
    "a megabyte of brackets": lambda: "()," * 330_000,
}
