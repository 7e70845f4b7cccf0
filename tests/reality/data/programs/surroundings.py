# %% a variable with a default
import os

print(os.environ.get("LOG_LEVEL", "INFO"), os.getenv("HOME"))

# %% a variable that must be there
import os

try:
    key = os.environ["API_KEY"]
except KeyError:
    print("API_KEY is not set")

# %% variables are set and removed
import os

os.environ["MODE"] = "test"
print("MODE" in os.environ, os.environ.pop("MODE"))

# %% settings from variables
import dataclasses
import os

@dataclasses.dataclass
class Settings:
    host: str = os.getenv("DB_HOST", "localhost")
    port: int = int(os.getenv("DB_PORT", "5432"))
    debug: bool = dataclasses.field(default_factory=lambda: os.getenv("DEBUG") == "1")

print(Settings())

# %% variables by a list of names
import os

for name in ("USER", "LANG", "PATH"):
    print(name, os.environ.get(name))

# %% variables of a prefix
import os

for name, value in os.environ.items():
    if name.startswith("OMP_"):
        print(name, value)

# %% variables inside of a path
import os

print(os.path.expandvars("$HOME/data"), os.path.expanduser("~"))

# %% a default for a variable
import os

os.environ.setdefault("CACHE", "/tmp/cache")
os.makedirs(os.environ.get("UNSET", "cache"), exist_ok=True)

# %% a file with variables is read
# needs: .env=A=1\nB=two\n# no\n
import os
from pathlib import Path

for line in Path(".env").read_text().splitlines():
    if line and not line.startswith("#"):
        name, _, value = line.partition("=")
        os.environ[name] = value
print(os.environ["A"])

# %% what this machine is
import platform
import sys

print(platform.system(), platform.python_version(), sys.byteorder)

# %% who is asking
import getpass
import os

print(os.getpid() > 0, os.cpu_count() > 0)
try:
    print(getpass.getuser())
except (KeyError, OSError):
    print("nobody")

# %% arguments of the command line
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=3)
parser.add_argument("--out", default="out.txt")
arguments = parser.parse_args([])
with open("count.txt", "w") as file:
    file.write(str(arguments.count))

# %% a file is opened by the arguments' parser
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--log", type=argparse.FileType("w"), default="log.txt")
print(parser.parse_args([]).log.name)

# %% the language of the user
import gettext
import locale

translation = gettext.translation("demo", localedir="locale", fallback=True)
print(translation.gettext("hello"), locale.getlocale()[0] is not None)

# %% kinds of files by their names
import mimetypes

print(mimetypes.guess_type("a.csv")[0], mimetypes.guess_extension("text/html"))

# %% the width of the terminal
import shutil

print(shutil.get_terminal_size((80, 20)).columns)

# %% random names
import random
import secrets
import uuid

random.seed(4)
print(random.choice("abc"), len(secrets.token_hex(4)), uuid.uuid4().version)

# %% times in zones
import datetime
import zoneinfo

try:
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
except zoneinfo.ZoneInfoNotFoundError:
    zone = datetime.timezone.utc
print(datetime.datetime(2024, 7, 1, tzinfo=zone).utcoffset())

# %% what is used of the machine
import resource
import time

print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0, time.process_time() >= 0)

# %% input that is not there
try:
    name = input("name? ")
except EOFError:
    name = "nobody"
print(name)

# %% paths of Python itself
import sys
import sysconfig

print(sys.prefix, sysconfig.get_path("stdlib"))

# %% the text of this program
import inspect

def function():
    return 1

print(inspect.signature(function), function.__code__.co_firstlineno)

# %% files that belong to a package
import importlib.resources
import json

print(importlib.resources.is_resource("json", "decoder.py"))

# %% versions of what is installed
import importlib.metadata

try:
    print(importlib.metadata.version("requests"))
except importlib.metadata.PackageNotFoundError:
    print("not installed")

# %% how much memory things take
import sys
import tracemalloc

tracemalloc.start()
data = [bytes(100) for _ in range(100)]
print(sys.getsizeof(data) > 0, tracemalloc.get_traced_memory()[1] > 0)
