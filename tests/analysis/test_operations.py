"""Code, and everything that it can do: whole lists, so that nothing more is found either."""

from __future__ import annotations

import pytest

IMPORTS = [
    ("import os", ["os"]),
    ("import os, sys as s", ["os", "sys"]),
    ("import xml.etree.ElementTree", ["xml.etree.ElementTree"]),
    ("import xml.etree.ElementTree as ET", ["xml.etree.ElementTree"]),
    ("from xml.etree import ElementTree", ["xml.etree.ElementTree"]),
    ("from urllib.parse import quote", ["urllib.parse"]),
    ("from pandas import DataFrame", ["pandas"]),
    ("from sklearn import datasets", ["sklearn", "sklearn.datasets"]),
    ("from math import *", ["math"]),
    ("from . import helper", [".", ".helper"]),
    ("if True:\n    import json\nelse:\n    import pickle", ["json", "pickle"]),
    ("def f():\n    import shutil", ["shutil"]),
    ("try:\n    import ujson\nexcept ImportError:\n    import json", ["ujson", "json"]),
    ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import socket", ["typing", "socket"]),
    ("__import__('json')", ["json"]),
    ("import importlib\nimportlib.import_module('json')", ["importlib", "json"]),
    ("import importlib as il\nil.import_module(name='o' + 's')", ["importlib", "os"]),
    ("import sys\nsys.modules['os']", ["sys", "os"]),
    ("import linecache\nlinecache.os", ["linecache", "os"]),
    ("import pandas\npandas.io.common.os", ["pandas", "os"]),
    ("__import__(input())", ["?"]),
    ("for m in ('json', 'csv'):\n    __import__(m)", ["csv", "json"]),
]


@pytest.mark.parametrize(("code", "expected"), IMPORTS)
def test_a_module_is_what_is_reached(imports, code: str, expected: list[str]) -> None:
    assert sorted(imports(code)) == sorted(expected)


FILES = [
    ("open('a.csv')", ["read a.csv"]),
    ("open('a', 'w')", ["write a"]),
    ("open('a', mode='ab')", ["append a"]),
    ("open('a', 'x')", ["create a"]),
    ("open('a', 'r+')", ["read a", "write a"]),
    ("open('a', input())", ["? a"]),
    ("open(input())", ["read ?"]),
    ("open(0)", []),
    ("import os\nopen(os.open('a', os.O_RDONLY))", ["read a"]),
    ("import io\nio.open('a')", ["read a"]),
    ("import codecs\ncodecs.open('a', 'w')", ["write a"]),
    ("from pathlib import Path\nPath('a').write_text('x')", ["write a"]),
    ("from pathlib import Path\nPath('d', 'e').joinpath('f').unlink()", ["delete d/e/f"]),
    ("from pathlib import Path\n(Path('d') / 'e' / 'f').with_suffix('.txt').touch()", ["create d/e/f.txt"]),
    ("from pathlib import Path\nprint(Path.home() / '.ssh')", []),
    ("from pathlib import Path\n(Path('/d/e.txt').parent / 'f').read_bytes()", ["read /d/f"]),
    (
        "from pathlib import Path\nfor p in Path('d').glob('*.csv'):\n    p.unlink()",
        ["list d", "delete d/*.csv"],
    ),
    ("import os\nos.remove('a')", ["delete a"]),
    ("import os\nos.rename('a', 'b')", ["move a b"]),
    ("import os\nos.listdir()", ["list ."]),
    ("import os\nfor n in os.listdir('/d'):\n    os.remove('/d/' + n)", ["list /d", "delete /d/*"]),
    ("import os\nos.path.exists('a')", ["stat a"]),
    ("import os\nos.makedirs(os.path.join('d', 'e'), exist_ok=True)", ["create d/e"]),
    ("import os\nos.remove(os.path.expanduser('~/x'))", ["delete /home/agent/x"]),
    ("import shutil\nshutil.rmtree('d')", ["delete d"]),
    ("import shutil\nshutil.copyfile('a', 'b')", ["copy a b"]),
    ("import shutil\nshutil.move(src='a', dst='b')", ["move a b"]),
    ("import glob\nglob.glob('/d/*.txt')", ["list /d/*.txt"]),
    (
        "import glob\nfor n in glob.glob('/d/*/r_*.csv'):\n    open(n)",
        ["list /d/*/r_*.csv", "read /d/*/r_*.csv"],
    ),
    (
        "from pathlib import Path\nfor p in Path('/d').rglob('*.py'):\n    p.unlink()",
        [
            "list /d",
            "delete /d/*.py",
            "delete /d/*/*.py",
            "delete /d/*/*/*.py",
            "delete /d/*/*/*/*/*/*/*/*/*/*.py",
        ],
    ),
    (
        "import os\nwith os.scandir('/d') as found:\n    for e in found:\n        open(e.path)",
        ["list /d", "read /d/*"],
    ),
    (
        "import os\nos.chdir('/d')\nopen(os.path.abspath('a'))",
        ["stat /d", "read /workspace/a", "read /d/a"],
    ),
    (
        "import os\nfrom pathlib import Path\nos.chdir('d')\nopen(Path('../a').resolve())",
        ["stat d", "read /a", "read /workspace/a"],
    ),
    ("import os\nos.chdir('/d')\nopen(os.getcwd() + '/a')", ["stat /d", "read /workspace/a", "read /d/a"]),
    (
        "import os\nos.chdir(os.path.dirname(os.path.abspath(__file__)))\nopen(os.path.abspath('a'))",
        ["stat /workspace", "read /workspace/a"],
    ),
    ("import os\nos.symlink('a', 'd/b')", ["link d/a d/b"]),
    ("import os\nos.symlink('/a', 'd/b')", ["link /a d/b"]),
    ("from pathlib import Path\nPath('d/b').symlink_to('../a')", ["link d/../a d/b"]),
    ("import os\nos.symlink('a', 'b')", ["link ./a b"]),
    ("import os\nos.symlink('../a', 'b')", ["link ./../a b"]),
    ("import os\nos.link('a', 'd/b')", ["link a d/b"]),
    (
        "import tempfile\nwith tempfile.TemporaryDirectory() as d:\n    open(d + '/x', 'w')",
        ["create /tmp/*", "write /tmp/*/x"],
    ),
    ("import zipfile\nzipfile.ZipFile('a.zip', 'w')", ["write a.zip"]),
    ("import tarfile\ntarfile.open('a.tar')", ["read a.tar"]),
    ("with open('a') as f, open('b', 'w') as g:\n    g.write(f.read())", ["read a", "write b"]),
    ("def save(name):\n    open(name, 'w')\nsave('a')\nsave('b')", ["write a", "write b"]),
    ("def save(name):\n    open(name, 'w')", ["write ?"]),
    ("open('x' if input() else 'y')", ["read x", "read y"]),
    ("for n in ['a', 'b']:\n    open(f'{n}.txt')", ["read a.txt", "read b.txt"]),
    ("for i in range(1000):\n    open(f'out_{i:04d}.txt', 'w')", ["write out_*.txt"]),
    ("import datetime\nopen(f\"r_{datetime.date.today()}.txt\", 'w')", ["write r_*.txt"]),
    ("import datetime\nopen(datetime.datetime.now().strftime('r_%Y%m%d.txt'), 'w')", ["write r_***.txt"]),
    ("open('%s/%s.txt' % ('d', 'e'))", ["read d/e.txt"]),
    ("open('{}/{name}.txt'.format('d', name='e'))", ["read d/e.txt"]),
    ("open('/'.join(['', 'etc', 'passwd']))", ["read /etc/passwd"]),
    ("open('dwssap/cte/'[::-1])", ["read /etc/passwd"]),
    ("open('/data/' + input())", ["read /data/*"]),
    ("paths = {'a': '/x', 'b': '/y'}\nopen(paths['b'])", ["read /y"]),
    ("p = '/x'\nif input():\n    p = '/y'\nopen(p)", ["read /x", "read /y"]),
    ("p = '/x'\ndel p\np = '/y'\nopen(p)", ["read /y"]),
    ("def open(x):\n    return x\nopen('/etc/passwd')", []),
    ("import sys\nsys.stdout.write('x')", []),
    ("import io\nio.BytesIO(b'x').read()", []),
]

NETWORK = [
    (
        "import requests\nrequests.get('https://api.example.com/v1?x=' + input())",
        ["GET https//api.example.com"],
    ),
    ("import requests\nrequests.Session().post('http://h:8080/x')", ["POST http//h:8080"]),
    ("import requests\nrequests.request('put', 'https://h/x')", ["PUT https//h"]),
    ("import requests\nrequests.get(input())", ["GET //?"]),
    ("import requests\nrequests.get('https://api.example.com' + input())", ["GET https//?"]),
    (
        "import httpx\nasync def f():\n    async with httpx.AsyncClient() as c:\n        await c.get('https://h/')",
        ["GET https//h"],
    ),
    (
        "import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s:\n        async with s.get('https://h/') as r:\n            pass",
        ["GET https//h"],
    ),
    ("import urllib.request\nurllib.request.urlopen('https://h/x')", ["GET https//h"]),
    (
        "from urllib.request import Request, urlopen\nurlopen(Request('https://h/x', data=b'1'))",
        ["POST https//h"],
    ),
    (
        "import http.client\nhttp.client.HTTPSConnection('h').request('GET', '/')",
        ["connect https//h", "GET https//h"],
    ),
    ("import socket\ns = socket.socket()\ns.connect(('1.2.3.4', 80))", ["connect //1.2.3.4:80"]),
    ("import smtplib\nsmtplib.SMTP('mail.example.com', 25)", ["connect smtp//mail.example.com:25"]),
    ("import ftplib\nftplib.FTP('ftp.example.com')", ["connect ftp//ftp.example.com:21"]),
    ("print('https://example.com/')", []),
]

PROCESSES = [
    ("import os\nos.system('ls -la')", ["shell ls"]),
    ("import subprocess\nsubprocess.run(['git', 'push'])", ["spawn git"]),
    ("import subprocess\nsubprocess.run('cat a | wc -l', shell=True)", ["shell cat wc", "read a"]),
    ("import subprocess\nsubprocess.run(input(), shell=True)", ["shell ?"]),
    ("import subprocess\nsubprocess.Popen(args=['ls'], shell=False)", ["spawn ls"]),
    ("from subprocess import check_output as co\nco(['id'])", ["spawn id"]),
    ("import os\nos.execvp('ls', ['ls'])", ["spawn ls"]),
    (
        "import asyncio\nasync def f():\n    await asyncio.create_subprocess_exec('ls', '-l')",
        ["spawn ls"],
    ),
    ("class S:\n    def system(self, c):\n        return c\nS().system('ls')", []),
]

REST = [
    ("import os\nos.environ['A']", ["environment read A"]),
    ("import os\nos.getenv('A')", ["environment read A"]),
    ("import os\nos.environ['A'] = '1'", ["environment write A"]),
    ("import os\ndict(os.environ)", ["environment list"]),
    ("import os\n'A' in os.environ", ["environment read A"]),
    ("eval('1 + 1')", ["dynamic eval"]),
    ("eval(input())", ["dynamic eval"]),
    ("exec('import os; os.remove(\"x\")')", ["dynamic exec", "delete x"]),
    ("compile('1', 'f', 'eval')", ["dynamic compile"]),
    ("getattr(x := 1, 'real')", []),
    ("import json\ngetattr(json, input())", ["dynamic attribute"]),
    ("print(type(1).__name__)", []),
    ("import ast\nast.literal_eval('1')", []),
    ("import re\nre.compile('x')", []),
    ("().__class__.__bases__", ["dynamic introspection"]),
    ("globals()", []),
    ("x = 'a'\nopen(globals()['x'])", ["read a"]),
    ("globals()[input()]", ["dynamic namespace"]),
    ("globals()['__builtins__']", ["dynamic namespace"]),
    ("globals().items()", ["dynamic namespace"]),
    ("print(list(globals()), 'x' in globals())", []),
    ("import ctypes\nctypes.CDLL('libc.so.6')", ["native_code ctypes"]),
    ("import pickle\npickle.load(open('a', 'rb'))", ["read a", "deserialization pickle ()"]),
    ("import cProfile, pstats\npstats.Stats(cProfile.Profile()).add(pstats.Stats()).print_stats()", []),
    (
        "import cProfile, pstats\npstats.Stats(cProfile.Profile(), 'a')",
        ["read a", "deserialization marshal ('a',)"],
    ),
    ("import marshal\nmarshal.loads(b'')", ["deserialization marshal ()"]),
    ("import sqlite3\nsqlite3.connect('a.db').execute('SELECT * FROM t')", ["sql select t at a.db"]),
    (
        "import sqlite3\nc = sqlite3.connect('a.db').cursor()\nc.executescript('DELETE FROM t; DROP TABLE u')",
        ["sql delete t at a.db", "sql drop u at a.db"],
    ),
    (
        "import sqlite3\nc = sqlite3.connect('a.db')\nc.execute('SELECT * FROM t WHERE n = ' + input())",
        ["sql ? ? at a.db"],
    ),
    (
        "import psycopg2\npsycopg2.connect(host='h', dbname='d').cursor().execute('UPDATE t SET a = 1')",
        ["connect postgresql//h", "sql update t at h"],
    ),
    (
        "import stripe\nstripe.Charge.create(amount=1999, currency='usd', customer='cus_1')",
        ["pay stripe charge 19.99 USD cus_1"],
    ),
    ("import stripe\nstripe.Charge.create(amount=500, currency='jpy')", ["pay stripe charge 500 JPY ?"]),
    (
        "import stripe\nstripe.Charge.create(amount=int(input()), currency='usd')",
        ["pay stripe charge ? USD ?"],
    ),
    (
        "import requests\nrequests.post('https://api.stripe.com/v1/charges', data={'amount': 2000, 'currency': 'usd'})",
        ["POST https//api.stripe.com", "pay stripe charge 20.00 USD ?"],
    ),
    ("import os\nos.kill(1, 9)", ["process_control kill"]),
    ("import numpy as np\nnp.array([1])\nnp.zeros(3)", []),
    ("import modin as md\nmd.array([1])\nmd.zeros(3)", ["opaque_call modin"]),
    (
        "undefined_name('x')",
        ["gap: a call of something that can't be identified: `undefined_name` is not defined here"],
    ),
    # Code that counts on somebody else's import.
    ("subprocess.run(['ls'])", ["spawn ls"]),
    ("pd.read_csv", []),
    ("class A:\n    k = open\nA.__dict__['k']('x')", ["read x"]),
]


@pytest.mark.parametrize(("code", "expected"), [*FILES, *NETWORK, *PROCESSES, *REST])
def test_code_does_this_and_nothing_else(does, code: str, expected: list[str]) -> None:
    assert sorted(does(code)) == sorted(expected)


HONEST = [
    "import functools\n@functools.lru_cache(maxsize=None)\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nprint(fib(30))",
    "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    x: int\n    tags: list = field(default_factory=list)\nprint(P(1))",
    "class Job:\n    def run(self):\n        return self.execute('x')\n    def execute(self, q):\n        return q\n    def open(self):\n        return self\nJob().open().run()",
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('n', type=int)\nprint(p.parse_args([]).n)",
    "import logging\nlogging.basicConfig(level=logging.INFO)\nlogging.getLogger(__name__).info('x')",
    "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return x\nprint(asyncio.run(f(1)))",
    "import enum\nclass C(enum.Enum):\n    A = 1\nprint(C.A.name, C['A'], C(1))",
    "def deco(f):\n    def g(*a, **k):\n        return f(*a, **k)\n    return g\n@deco\ndef h(x):\n    return x\nh(1)",
    "from collections import Counter, defaultdict\nd = defaultdict(list)\nfor k, v in [('a', 1)]:\n    d[k].append(v)\nprint(Counter('abc').most_common(1), dict(d))",
    "import re, json, math, random, itertools, textwrap, datetime\nprint(re.sub('a', lambda m: m.group().upper(), 'abc'), json.dumps({}), math.pi)",
    "class Node:\n    def __init__(self, v, n=None):\n        self.v, self.n = v, n\n    def __iter__(self):\n        c = self\n        while c:\n            yield c.v\n            c = c.n\nprint(list(Node(1, Node(2))))",
    "def solve(b):\n    for r in range(9):\n        for c in range(9):\n            if b[r][c] == 0:\n                b[r][c] = 1\n                if solve(b):\n                    return True\n                b[r][c] = 0\n                return False\n    return True",
]


@pytest.mark.parametrize("code", HONEST)
def test_honest_code_does_nothing(does, code: str) -> None:
    assert does(code) == []


WORKING_FOLDER = [
    ("import os\nos.chdir('/etc')\nopen('passwd')", ["stat /etc", "read passwd", "read /etc/passwd"]),
    ("import os\nos.chdir('/etc')\nopen('/x')", ["stat /etc", "read /x"]),
    ("import os\nos.chdir(input())\nopen('a')", ["stat ?", "read a", "read ?"]),
    ("import os\nopen('a')\nos.chdir('/workspace')\nopen('b')", ["read a", "stat /workspace", "read b"]),
    ("import os\ndef f():\n    open('a')\nos.chdir('/d')", ["stat /d", "read a", "read /d/a"]),
]


@pytest.mark.parametrize(("code", "expected"), WORKING_FOLDER)
def test_a_relative_path_means_what_the_working_folder_makes_of_it(
    does, code: str, expected: list[str]
) -> None:
    assert sorted(does(code)) == sorted(expected)


def test_a_library_of_one_database_is_read_by_its_rules(does) -> None:
    """To SQLite a backslash is a letter like any other; to others it may take a quote's meaning away."""
    code = "import sqlite3\nsqlite3.connect('a.db').execute(\"SELECT '\\\\\\\\', n FROM t\")"
    assert does(code) == ["sql select t at a.db"]
