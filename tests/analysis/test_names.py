"""What a name really is, held against Python itself.

Each way here ends in `os.system("probe")`: it is run with a probe in that place, and the analysis has to say
the same, or to deny.
"""

from __future__ import annotations

import builtins
import os

import pytest

from execgate.analysis import analyze
from execgate.analysis.attributes import MAIN
from execgate.model.operation import DynamicCode, ModuleImport
from execgate.model.source import Source

NAMED = [
    "import os\nos.system('probe')",
    "from os import system as run\nrun('probe')",
    "import os.path as p\np.os.system('probe')",
    "import fnmatch\nfnmatch.os.system('probe')",
    "import random\nrandom._os.system('probe')",
    "import shutil\nshutil.fnmatch.os.system('probe')",
    "import asyncio\nasyncio.base_events.os.system('probe')",
    "from logging import os\nos.system('probe')",
    "import sys\nsys.modules['os'].system('probe')",
    "import sys\nk = 'o'\nsys.modules[f'{k}s'].system('probe')",
    "import sys\nsys.modules.get('o' + 's').system('probe')",
    "import sys\nsys.modules.__getitem__('os').system('probe')",
    "import sys\nlist(map(sys.modules.get, ['os']))[0].system('probe')",
    "import operator, sys\noperator.itemgetter('os')(sys.modules).system('probe')",
    "import sys\nvars(sys)['modules']['os'].system('probe')",
    "import sys\ngetattr(sys, 'mod' + 'ules')['os'].system('probe')",
    "import importlib\nimportlib.import_module('os').system('probe')",
    "import importlib\nimportlib.import_module('.path', 'os').os.system('probe')",
    "import importlib\nimportlib.sys.modules['os'].system('probe')",
    "import importlib\nimportlib.__import__('os').system('probe')",
    "__import__('os').system('probe')",
    "__import__('os.path').system('probe')",
    "__import__('os.path', fromlist=['join']).os.system('probe')",
    "__import__('o'.join(['', 's'])).system('probe')",
    "import builtins\nbuiltins.__import__('os').system('probe')",
    "list(map(__import__, ['os']))[0].system('probe')",
    "import os\ngetattr(os, 'sys' + 'tem')('probe')",
    "import os\ngetattr(getattr(os, 'path'), 'os').system('probe')",
    "import os\nos.__getattribute__('system')('probe')",
    "import os\nobject.__getattribute__(os, 'system')('probe')",
    "import os\nvars(os)['system']('probe')",
    "import os\nos.__dict__.get('system')('probe')",
    "import os\nos.system.__call__('probe')",
    "import os\nfrom operator import attrgetter\nattrgetter('system')(os)('probe')",
    "import fnmatch\nfrom operator import attrgetter\nattrgetter('os.system')(fnmatch)('probe')",
    "import os\nfrom operator import methodcaller\nmethodcaller('system', 'probe')(os)",
    "import functools, fnmatch\nfunctools.reduce(getattr, ['os', 'system'], fnmatch)('probe')",
    "import functools, os\nfunctools.partial(getattr, os)('system')('probe')",
    "import os\nglobals()['os'].system('probe')",
    "import os\nrun = os.system\nglobals().get('run')('probe')",
    "import os\nglobals()['renamed'] = os\nrenamed.system('probe')",
    "import os\nglobals().update(renamed=os)\nrenamed.system('probe')",
    "import os, copy\ncopy.copy(globals())['os'].system('probe')",
    "import os\ndef f(names):\n    names['os'].system('probe')\nf(globals())",
    "def f():\n    global os\n    import os\nf()\nos.system('probe')",
    "import os\nx = os\ndel os\nx.system('probe')",
    "from os import *\nsystem('probe')",
    "from fnmatch import *\nfrom glob import os\nos.system('probe')",
    "class A:\n    __m = __import__('os')\nA._A__m.system('probe')",
    "import os as _A__m\nclass A:\n    def f(self):\n        __m.system('probe')\nA().f()",
    "import os\nclass A:\n    def __init__(self):\n        self.m = os\nA().__getattribute__('m').system('probe')",
    "import os\nclass A:\n    m = os\nvars(A)['m'].system('probe')",
    "import os\nclass A:\n    m = os\ntype(A()).__dict__['m'].system('probe')",
    "import os\nclass A:\n    m = os\nobject.__getattribute__(A(), 'm').system('probe')",
    "import os\nclass A:\n    def __getattr__(self, name):\n        return getattr(os, name)\nA().system('probe')",
    "import os\ntype('A', (), {'__getattr__': lambda s, n: getattr(os, n)})().system('probe')",
    "import os\nmatch os:\n    case object(system=run):\n        run('probe')",
    "import os\n(lambda **k: k['m'])(m=os).system('probe')",
    "import os\nclass A:\n    pass\ndef below():\n    return A.__subclasses__()\nbelow()\nclass B(A):\n    m = os\nbelow()[0].m.system('probe')",
    "import os\nfrom collections import namedtuple\nP = namedtuple('P', 'a b')\np = P(1, os)\nfor name in p._fields:\n    getattr(getattr(p, name), 'system', print)('probe')",
    "import 𝘰𝘴\n𝘰𝘴.system('probe')",  # noqa: RUF001 - names that Python normalises
    "import os\nos.ｓｙｓｔｅｍ('probe')",  # noqa: RUF001 - names that Python normalises
    "exec('import os as held')\nheld.system('probe')",
    "eval('__import__(\"os\")').system('probe')",
]
"""The command is known."""

DENIED = [
    "import sys\ndict(sys.modules)['os'].system('probe')",
    "import sys\n(sys.modules | {})['os'].system('probe')",
    "import sys\n[v for k, v in sys.modules.items() if k == 'os'][0].system('probe')",
    "import sys\nfor name in sys.modules:\n    if name == 'os':\n        sys.modules[name].system('probe')",
    "import importlib.util\ns = importlib.util.find_spec('os')\nm = importlib.util.module_from_spec(s)\ns.loader.exec_module(m)\nm.__dict__['sys'].modules['os'].system('probe')",
    "from pkgutil import resolve_name\nresolve_name('os:system')('probe')",
    "import pydoc\npydoc.locate('os.system')('probe')",
    "from importlib.metadata import EntryPoint\nEntryPoint('a', 'os:system', 'b').load()('probe')",
    "import os\n{**globals()}['os'].system('probe')",
    "import os\n(lambda **names: names['os'])(**globals()).system('probe')",
    "import os\n[v for k, v in globals().items() if k == 'os'][0].system('probe')",
    "import os\nfrom types import SimpleNamespace\nSimpleNamespace(**globals()).os.system('probe')",
    "import os\ndef f():\n    pass\nf.__globals__['os'].system('probe')",
    "import os\n(x for x in ()).gi_frame.f_globals['os'].system('probe')",
    "import os\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__traceback__.tb_frame.f_globals['os'].system('probe')",
    "import os, sys\nsys._getframe().f_globals['os'].system('probe')",
    "import os, inspect\ninspect.currentframe().f_globals['os'].system('probe')",
    "import os, inspect\ndict(inspect.getmembers(os))['system']('probe')",
    "import os, inspect\ninspect.getattr_static(os, 'system')('probe')",
    "class A:\n    pass\n[c for c in A.__mro__[-1].__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__['system']('probe')",
    "class A:\n    pass\n[c for c in A.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__['system']('probe')",
    "import fnmatch\nfnmatch.fnmatch.__globals__['os'].system('probe')",
    "print.__self__.__import__('os').system('probe')",
    "__builtins__.__import__('os').system('probe')",
    "[c for c in object.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__['system']('probe')",
    "import os, gc\n[o for o in gc.get_referents(os) if isinstance(o, dict)][0]['system']('probe')",
    "import os\nname = ''.join(reversed('metsys'))\n[getattr(os, n) for n in dir(os) if n == name][0]('probe')",
]
"""It is not, and that denies."""


def _run(code: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run code with a probe in the place of `os.system`, and return what it was called with."""
    seen: list[str] = []
    monkeypatch.setattr(os, "system", seen.append)
    exec(compile(code, "<way>", "exec"), {"__name__": MAIN, "__builtins__": builtins})
    return seen


@pytest.mark.parametrize("code", NAMED)
def test_the_analysis_names_what_python_reaches(does, monkeypatch, code: str) -> None:
    assert _run(code, monkeypatch) == ["probe"]
    assert "shell probe" in does(code)


@pytest.mark.parametrize("code", DENIED)
def test_what_python_reaches_and_the_analysis_can_not_name_is_denied(monkeypatch, code: str) -> None:
    assert _run(code, monkeypatch) == ["probe"]
    program = analyze(Source(code))
    assert program.gaps or any(isinstance(operation, DynamicCode) for operation in program.operations)


REACHED = [
    ("import pandas\npandas.io.common.os", ["pandas", "os"]),
    ("from pandas.io.common import os as q", ["pandas.io.common", "os"]),
    ("import matplotlib.pyplot as plt\nplt.np", ["matplotlib.pyplot", "numpy"]),
    ("import seaborn as sns\nsns.utils.pd.DataFrame()", ["seaborn", "pandas"]),
    ("from six.moves import builtins", ["six.moves", "six.moves.builtins", "builtins"]),
    ("import six.moves.builtins", ["six.moves.builtins", "builtins"]),
    (
        "import importlib\nimportlib.import_module('six.moves.builtins')",
        ["importlib", "six.moves.builtins", "builtins"],
    ),
    ("import posix", ["posix", "os"]),
    ("import _io", ["_io", "io"]),
    ("import asyncio\nasyncio.base_events.subprocess", ["asyncio", "subprocess"]),
    ("import importlib\nimportlib.import_module('.parser', 'email')", ["importlib", "email.parser"]),
    ("from email import parser", ["email.parser"]),
    ("from os import DirEntry", ["os"]),
    ("from asyncio import Queue", ["asyncio"]),
    ("import numpy as np\nnp.linalg.norm([1])", ["numpy"]),
    ("import requests\nrequests.exceptions.HTTPError", ["requests"]),
    ("import some_package\nsome_package.os", ["some_package", "os"]),
    ("import some_package\nsome_package.compat.urllib.request", ["some_package", "urllib.request"]),
    ("import some_package\nsome_package.compat.request", ["some_package"]),
    ("import some_package\nsome_package.types.io", ["some_package"]),
]


@pytest.mark.parametrize(("code", "expected"), REACHED)
def test_a_module_is_reported_as_what_it_is(imports, code: str, expected: list[str]) -> None:
    assert sorted(imports(code)) == sorted(expected)


HONEST = [
    "def open(x):\n    return x\nopen('/etc/passwd')",
    "os = 'linux'\nprint(os.upper())",
    "class os:\n    @staticmethod\n    def system(x):\n        return x\nos.system('x')",
    "def f(os):\n    return os.name\nprint(f.__name__, f.__doc__, f.__module__, f.__qualname__)",
    "class A:\n    def system(self, x):\n        return x\n    popen = eval = exec = load = get = post = delete = system\na = A()\na.system('ls')\na.popen('x')\na.eval('1')\na.exec('q')\na.load('f')\na.get('k')\na.post('p')\na.delete('/etc')",
    "class Cursor:\n    def execute(self, query):\n        return query\nCursor().execute('DROP TABLE x')",
    "class A:\n    x = 1\n    def show(self):\n        return [getattr(self, n) for n in ('x',)]\nA().show()",
    "class Shell:\n    def do_add(self):\n        return 1\n    def run(self, command):\n        return getattr(self, f'do_{command}')()\nShell().run(input())",
    "class Visitor:\n    def visit(self, node):\n        return getattr(self, 'visit_' + type(node).__name__, self.other)(node)\n    def visit_int(self, node):\n        return node\n    def other(self, node):\n        return node\nVisitor().visit(3)",
    "class A:\n    def __init__(self, **options):\n        self.__dict__.update(options)\nprint(A(x=1).x, vars(A(x=1)))",
    "class A:\n    def __repr__(self):\n        return f'{type(self).__name__} {self.__class__.__name__} {self.__dict__}'\nprint(A())",
    "class A:\n    def __eq__(self, other):\n        return self.__class__ is other.__class__ and self.__dict__ == other.__dict__\nprint(A() == A())",
    "class A:\n    def __getattribute__(self, name):\n        return object.__getattribute__(self, name)\nA().x",
    "class A:\n    def __getattribute__(self, name):\n        return super().__getattribute__(name)\nA().x",
    "class A:\n    def __getattr__(self, name):\n        return lambda *args: (name, args)\nA().system('x')",
    "class A:\n    def __setattr__(self, name, value):\n        object.__setattr__(self, name, value)\nA().x = 1",
    "class Field:\n    def clean(self):\n        return 1\nclass Model:\n    f = Field()\n    def check(self):\n        return [v.clean() for v in type(self).__dict__.values() if isinstance(v, Field)]\nModel().check()",
    "class Base:\n    kinds = []\n    def __init_subclass__(cls, **options):\n        super().__init_subclass__(**options)\n        Base.kinds.append(cls)\nclass A(Base):\n    pass\nprint([kind().__class__.__name__ for kind in Base.kinds])",
    "class Meta(type):\n    known = {}\n    def __new__(mcs, name, bases, names):\n        cls = super().__new__(mcs, name, bases, names)\n        mcs.known[name] = cls\n        return cls\nclass A(metaclass=Meta):\n    pass\nprint(Meta.known)",
    "KNOWN = {}\ndef register(name):\n    def add(function):\n        KNOWN[name] = function\n        return function\n    return add\n@register('a')\ndef a():\n    return 1\nprint([f() for f in KNOWN.values()])",
    "LIMIT = 5\nprint(globals()['LIMIT'], globals().get('LIMIT'), 'LIMIT' in globals())",
    "def a():\n    return 1\nfor name in ('a',):\n    print(globals()[name]())",
    "class P:\n    x = 1\nprint('{p.x}'.format(p=P()), '{0.real}'.format(1))",
    "x = {'os': 'linux', 'sys': 3}\nprint(x['os'], x.get('sys'))",
    "def f(**options):\n    return options['os']\nf(os=1, system=2)",
    "if __name__ == '__main__':\n    print(1)",
    "class A:\n    pass\nclass B(A):\n    pass\nprint([c.__name__ for c in A.__subclasses__()], B.__mro__, B.__bases__, B.__base__)",
    "class A:\n    x: int = 1\nprint([getattr(A(), name) for name in A.__annotations__])",
    "print(isinstance(1, int), type(1) is int, type('x').__name__)",
]


@pytest.mark.parametrize("code", HONEST)
def test_what_only_looks_like_more_does_nothing(does, code: str) -> None:
    assert does(code) == []


HONEST_WITH_IMPORTS = [
    "import re\nre.compile('x').match('1')",
    "import pandas as pd\npd.DataFrame({'a': [1]}).eval('b = a + 1')",
    "import sys\nprint(sys.modules[__name__].__name__, 'numpy' in sys.modules, sorted(sys.modules))",
    "import math\nprint([getattr(math, name)(1.0) for name in ('sin', 'cos')])",
    "import logging\nlogging.getLogger(__name__).info('x')",
    "import inspect\ndef f(a, b=1):\n    return a\nprint(inspect.signature(f).parameters)",
    "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def wrapper(*args, **options):\n        print(f.__name__)\n        return f(*args, **options)\n    return wrapper\n@deco\ndef g():\n    return 1\ng()",
    "import json\nclass Encoder(json.JSONEncoder):\n    def default(self, o):\n        return o.__dict__ if hasattr(o, '__dict__') else super().default(o)\njson.dumps({}, cls=Encoder)",
    "from dataclasses import dataclass, asdict\n@dataclass\nclass P:\n    x: int\nprint(P(1).__dict__, asdict(P(1)), vars(P(1)))",
    "from operator import attrgetter\nclass P:\n    x = 1\nsorted([P()], key=attrgetter('x'))",
    "from collections import namedtuple\nP = namedtuple('P', 'os sys')\nprint(P(1, 2).os, P(1, 2)._asdict())",
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--os')\nprint(p.parse_args([]).os, vars(p.parse_args([])))",
    "from types import SimpleNamespace\nprint(SimpleNamespace(os='x').os, SimpleNamespace(a=1).__dict__)",
    "from dataclasses import dataclass, fields\n@dataclass\nclass P:\n    x: int\nclass Q(P):\n    y: int = 2\n    def show(self):\n        return {f.name: getattr(self, f.name) for f in fields(self)}\nQ(1).show()\nprint([getattr(Q(1), name) for name in P.__dataclass_fields__])",
    "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\nprint([getattr(P(1), name) for name in P(1)._fields])",
    "import string\nprint(string.Formatter().format('{0} {name}', 1, name='x'))",
    "import enum\nclass E(enum.Enum):\n    A = 1\nprint(E['A'], E(1), [e.name for e in E])",
    "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\nprint(P(1)._replace(x=2), P._fields)",
    "from abc import ABC, abstractmethod\nclass S(ABC):\n    @abstractmethod\n    def area(self): ...\nclass C(S):\n    def area(self):\n        return 1\nC().area()",
]


@pytest.mark.parametrize("code", HONEST_WITH_IMPORTS)
def test_an_honest_use_of_names_does_no_more_than_import(does, code: str) -> None:
    assert [line for line in does(code) if not line.startswith("opaque_call")] == []


def test_a_module_under_another_name_says_how_it_was_reached() -> None:
    program = analyze(Source("import pandas\npandas.io.common.os"))
    found = [operation for operation in program.operations if isinstance(operation, ModuleImport)]
    assert [(str(operation.module), operation.via) for operation in found] == [
        ("pandas", "pandas"),
        ("os", "pandas.io.common.os"),
    ]


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("from PIL import ImageGrab", ["PIL", "PIL.ImageGrab"]),
        ("from PIL import ImageGrab as grab", ["PIL", "PIL.ImageGrab"]),
        ("from Crypto import Cipher", ["Crypto", "Crypto.Cipher"]),
        ("from sklearn import svm", ["sklearn", "sklearn.svm"]),
        ("from xml import dom", ["xml.dom"]),
        ("from PIL import UnidentifiedImageError", ["PIL"]),
        ("from pandas import DataFrame", ["pandas"]),
    ],
)
def test_a_module_inside_a_library_is_imported_under_its_own_name_however_it_is_written(code, modules):
    program = analyze(Source(code))
    found = [operation.module for operation in program.operations if isinstance(operation, ModuleImport)]
    assert found == modules
