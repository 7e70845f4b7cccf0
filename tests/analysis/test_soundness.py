"""Laws of the analysis: whatever way a value takes, what is done with it is found; what grows ends."""

from __future__ import annotations

import pytest

from execgate.analysis import analyze
from execgate.model.operation import FileOperation
from execgate.model.source import Source

WAYS = {
    "a name": "y = V",
    "several names": "a = b = V\ny = b",
    "a tuple": "(a, (b, *c)) = (1, (2, V))\ny = c[0]",
    "a list": "a = []\na.append(V)\ny = a[-1]",
    "a list by its type": "a = []\nlist.append(a, V)\ny = a[0]",
    "an unknown place of a list": "a = [None]\na[int(input())] = V\ny = a[0]",
    "a set": "y = {V}.pop()",
    "a dictionary": "a = {'k': V}\ny = a.get('k')",
    "an unknown key": "a = {'k': None}\na[input()] = V\ny = a['k']",
    "a default": "y = {}.get('k', V)",
    "a dictionary in another": "y = {**{'k': None}, **{'k': V}}['k']",
    "the items of a dictionary": "for _, y in {'k': V}.items():\n    pass",
    "a comprehension": "y = [a for b in [[V]] for a in b][0]",
    "a walrus": "[None for _ in 'a' if (y := V)]",
    "a conditional": "y = V if input() else V",
    "a loop": "y = None\nfor a in (None, V):\n    y = a",
    "a chain of names in a loop": "y = a = b = c = None\nd = V\nfor _ in range(9):\n    y, a, b, c = a, b, c, d",
    "a pattern": "match {'k': [1, V]}:\n    case {'k': [_, y]}:\n        pass",
    "an argument": "def f(a):\n    return a\ny = f(V)",
    "a keyword": "def f(**k):\n    return k['a']\ny = f(a=V)",
    "spread arguments": "def f(*a):\n    return a[1]\ny = f(*[1, V])",
    "a default argument": "def f(a=V):\n    return a\ny = f()",
    "a closure": "def f():\n    a = V\n    return lambda: a\ny = f()()",
    "a nonlocal": (
        "def f():\n    a = None\n    def g():\n        nonlocal a\n        a = V\n    g()\n    return a\ny = f()"
    ),
    "a global": "def f():\n    global y\n    y = V\nf()",
    "a deep recursion": "def f(n):\n    return f(n - 1) if n else V\ny = f(99)",
    "a recursion with a list": "def f(n, a):\n    return f(n - 1, a + [V]) if n else a\ny = f(99, [])[0]",
    "a generator": "def f():\n    yield V\ny = next(f())",
    "the end of a generator": "def f():\n    yield\n    return V\ndef g():\n    global y\n    y = yield from f()\nlist(g())",
    "a coroutine": "import asyncio\nasync def f():\n    return V\nasync def g():\n    return await f()\ny = asyncio.run(g())",
    "an attribute": "class A:\n    pass\na = A()\na.k = V\ny = a.k",
    "a class attribute": "class A:\n    k = V\nclass B(A):\n    pass\ny = B().k",
    "a constructor": "class A:\n    def __init__(self, k):\n        self.k = k\nclass B(A):\n    def __init__(self):\n        super().__init__(V)\ny = B().k",
    "a property": "class A:\n    @property\n    def k(self):\n        return self._k\n    @k.setter\n    def k(self, v):\n        self._k = v\na = A()\na.k = V\ny = a.k",
    "a descriptor": "class D:\n    def __get__(self, o, t):\n        return V\nclass A:\n    k = D()\ny = A().k",
    "an attribute hook": "class A:\n    def __getattr__(self, n):\n        return V\ny = A().k",
    "the dictionary of an object": "class A:\n    pass\na = A()\nvars(a)['k'] = V\ny = a.k",
    "a metaclass": "class M(type):\n    def __call__(cls):\n        return V\nclass A(metaclass=M):\n    pass\ny = A()",
    "a data class": "import dataclasses\n@dataclasses.dataclass\nclass A:\n    k: object\ny = A(V).k",
    "a named tuple": "import collections\n_, y = collections.namedtuple('A', 'a b')(1, V)",
    "a subclass of dict": "class A(dict):\n    def __missing__(self, k):\n        return V\ny = A()['k']",
    "a context manager": "class A:\n    def __enter__(self):\n        return V\n    def __exit__(self, *a):\n        pass\nwith A() as y:\n    pass",
    "a generator as a context manager": "import contextlib\n@contextlib.contextmanager\ndef f():\n    yield V\nwith f() as y:\n    pass",
    "a decorator": "def d(a):\n    return lambda f: a\n@d(V)\ndef y():\n    pass",
    "a partial call": "import functools\ny = functools.partial(lambda a, b: b, 1, V)()",
    "a cache": "import functools\n@functools.cache\ndef f():\n    return V\ny = f()",
    "map": "y = list(map(lambda a: V, [1]))[0]",
    "zip": "for _, y in zip([1], [V]):\n    pass",
    "reduce": "import functools\ny = functools.reduce(lambda a, b: b, [1, V])",
    "an executor": "from concurrent.futures import ThreadPoolExecutor as T\ny = T().submit(lambda: V).result()",
    "a copy": "import copy\ny = copy.deepcopy([V])[0]",
    "constant code": "exec('y = V')",
}  # fmt: skip
"""What puts V into y, by every way that Python has for it."""

ENDS = {
    "a module": ("os", "y.remove('/etc/passwd')"),
    "a function": ("os.remove", "y('/etc/passwd')"),
    "a path": ("'/etc/passwd'", "os.remove(y)"),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_done_with_a_value_is_found_whatever_way_it_takes(way: str, end: str) -> None:
    value, use = ENDS[end]
    code = f"import os\n{WAYS[way].replace('V', value)}\n{use}\n"
    if way == "constant code":
        code = code.replace("'y = '/etc/passwd''", "\"y = '/etc/passwd'\"")
    program = analyze(Source(code))
    found = [o for o in program.operations if isinstance(o, FileOperation) and o.operation == "delete"]
    assert ("/etc/passwd",) in [operation.paths for operation in found], code


GROWING = [
    "x = []\nx.append(x)\nfor y in x:\n    y.append(x)\nprint(x)",
    "class A:\n    pass\nA.a = A\nA().a.a.a.b()",
    "x = ()\nwhile True:\n    x = (x, x)",
    "d = {}\nwhile True:\n    d = {'a': d}",
    "n = a\nwhile n:\n    n = n.next",
    "s = 'a'\n" + "s = s + s\n" * 64 + "open(s)",
    "s = 'a'\n" + "s = s.replace('a', 'aa')\n" * 64,
    "s = 'a'\n" + "s = s.join([s, s])\n" * 64,
    "n = 99\n" + "n = n * n\n" * 64,
    "x = [1]\n" + "x = [*x, *x]\n" * 64,
    "x = 'a' * 10 ** 9\ny = 'a'.zfill(10 ** 9)\nz = f'{1:>999999999}'",
    "f = lambda g: g(g)\nf(f)",
    "def f(*a):\n    return f(*a, *a)\nf(1)",
    "".join(f"def f{n}():\n    f{n + 1}()\n    f{n + 1}()\n" for n in range(30)) + "f0()",
    "L = []\n"
    + "".join(f"def f{n}():\n    L.append([{n}])\n    f{n + 1}()\n    f{n + 1}()\n" for n in range(30))
    + "f0()",
    "class A0:\n    pass\n" + "".join(f"class A{n + 1}(A{n}):\n    pass\n" for n in range(200)) + "A200().a()",
    "class A:\n    pass\n" + "class A(A):\n    pass\n" * 200,
    "class A:\n    def __getattr__(self, n):\n        return getattr(self, n + 'x')\nA().x",
    "class A:\n    def __iter__(self):\n        return A()\nfor a in A():\n    pass",
    "e = ValueError()\nwhile True:\n    try:\n        raise e\n    except ValueError as x:\n        e = ValueError(x)",
    "s = 'exec(s)'\nexec(s)",
    "x = {" + ",".join(f"{n}: {n}" for n in range(9999)) + "}",
    "\n".join(f"if a{n}:\n    x = {n}" for n in range(2000)) + "\nopen(str(x))",
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize("code", GROWING)
def test_what_grows_for_ever_is_followed_for_a_while(code: str) -> None:
    analyze(Source(code))
