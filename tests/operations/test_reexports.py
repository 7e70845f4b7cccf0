"""The index of re-exports: what it says is so, in the packages that are installed here."""

from __future__ import annotations

import importlib
import re
import sys
import types
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from execgate import operations
from execgate.analysis.names import hidden_module
from execgate.operations.modules import ALIASES
from execgate.operations.reexports import STANDARD, reexported, renamed, resolved
from execgate.operations.submodules import SUBMODULES

FOLDER = Path(operations.__file__).with_name("reexports")
TEXTS = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in sorted(FOLDER.glob("*.txt"))}

NAME = r"[^\W\d]\w*"
ENTRY = re.compile(rf"(?:{NAME}=)?(?:\.|\.?{NAME}(?:\.{NAME})*(?::{NAME})?|:{NAME})")

KNOWN = [
    ("pandas.io.common.os", "os"),
    ("pandas.io.common.os.system", "os.system"),
    ("pandas.core.frame.DataFrame", "pandas.DataFrame"),
    ("matplotlib.pyplot.np.save", "numpy.save"),
    ("matplotlib.pyplot.matplotlib.pyplot", "matplotlib.pyplot"),
    ("seaborn.utils.pd.read_csv", "pandas.read_csv"),
    ("six.moves.builtins.exec", "builtins.exec"),
    ("six.moves.urllib.request.urlopen", "urllib.request.urlopen"),
    ("six.moves.urllib.robotparser", "urllib.robotparser"),
    ("six.moves.getcwd", "os.getcwd"),
    ("requests.sessions.Session.get", "requests.Session.get"),
    ("requests.utils.zipfile.ZipFile", "zipfile.ZipFile"),
    ("random._os", "os"),
    ("linecache.os", "os"),
    ("asyncio.base_events.subprocess.run", "subprocess.run"),
    ("json.codecs.open", "codecs.open"),
    ("inspect.linecache.os", "os"),
    ("posixpath.os", "os"),
    ("os.path.stat", "stat"),
    ("ntpath.exists", "os.path.exists"),
    # what is their own, or is not known, stays what it is
    ("pandas.read_csv", "pandas.read_csv"),
    ("pandas.no_such_name", "pandas.no_such_name"),
    ("no_such_package.os", "no_such_package.os"),
    ("numpy.mean", "numpy.mean"),
    ("os.system", "os.system"),
    ("../python.os", "../python.os"),
    ("", ""),
]


@pytest.mark.parametrize(("name", "really"), KNOWN)
def test_a_name_is_what_it_really_is(name: str, really: str) -> None:
    assert resolved(name)[0] == really


@pytest.mark.parametrize(
    ("name", "is_module"),
    [("pandas.io.common.os", True), ("six.moves.getcwd", False), ("pandas.io.common.os.system", False)],
)
def test_a_module_is_told_from_what_it_holds(name: str, is_module: bool) -> None:  # noqa: FBT001 - a table
    assert resolved(name)[1] is is_module


def test_every_text_says_from_which_versions_it_is_made() -> None:
    for package, lines in TEXTS.items():
        words = r"\d[\w.]*" if package == STANDARD else r"[\w.-]+ \d[\w.+]*"
        assert re.fullmatch(rf"# {words}(?:, {words})*", lines[0]), package


def test_every_line_is_a_module_and_what_it_hands_on_in_order() -> None:
    wrong = []
    for package, lines in TEXTS.items():
        owners = [line.partition(" ")[0] for line in lines[1:]]
        if len(set(owners)) != len(owners):
            wrong.append(package)
        for line in lines[1:]:
            _, *entries = line.split(" ")
            if not entries or entries != sorted(entries) or not all(map(ENTRY.fullmatch, entries)):
                wrong.append(line)
    assert wrong == []


def _entries() -> Iterator[tuple[str, str]]:
    """Yield every name in the index and what it is."""
    for package, lines in TEXTS.items():
        for line in lines[1:]:
            owner, *entries = line.split(" ")
            module = owner if package == STANDARD else package + owner.rstrip(".")
            for entry in entries:
                name, _, target = entry.rpartition("=")
                name = name or re.split("[.:]", target)[-1]
                found = reexported(f"{module}.{name}")
                assert found is not None, (module, entry)
                yield f"{module}.{name}", found


def test_no_name_leads_in_a_circle() -> None:
    circles = []
    for name, _ in _entries():
        really = resolved(name)[0]
        if resolved(really)[0] != really:
            circles.append(name)
    assert circles == []


def test_the_index_covers_the_libraries_that_programs_use_most() -> None:
    assert {"pandas", "numpy", "scipy", "matplotlib", "requests", "torch", "six", STANDARD} <= TEXTS.keys()


# Against what is installed.

INSTALLED = (
    "certifi cryptography docker httpx idna lark libcst openai packaging psutil pygments requests rich \
    sqlglot urllib3 yaml".split()
)
LIBRARY = """
    argparse asyncio calendar codecs collections concurrent configparser contextlib copy csv ctypes dataclasses
    datetime decimal email enum fileinput fnmatch fractions ftplib functools getpass gettext glob gzip hashlib
    html http imaplib importlib inspect io json linecache locale logging lzma mailbox mimetypes multiprocessing
    netrc optparse os pathlib pickle pkgutil platform plistlib pprint random re runpy sched secrets selectors
    shelve shlex shutil signal smtplib socket socketserver sqlite3 ssl statistics string subprocess tarfile
    tempfile textwrap threading timeit tokenize trace traceback types typing unittest urllib uuid warnings wave
    weakref webbrowser wsgiref xml xmlrpc zipapp zipfile zipimport
""".split()


@cache
def _import(name: str) -> types.ModuleType | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except Exception:  # noqa: BLE001 - modules of other systems and with parts missing fail in their own ways
            return None


@cache
def _there(name: str) -> object | None:
    """Return what a dotted name is in the libraries here, None where it is not."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        found: object | None = _import(".".join(parts[:end]))
        if found is not None:
            for part in parts[end:]:
                found = getattr(found, part, None)
            return found
    return None


BEFORE_3_11 = {
    "importlib.resources._common": "importlib._common",
    "re._constants": "sre_constants",
    "re._parser": "sre_parse",
}
"""Modules that Python 3.10 has under another name; the index has the names of the newest."""


def _is(value: object, target: str) -> bool:
    """Return whether a value is what the index says, or behaves as it by an alias of the catalogue."""
    if value is _there(target) or value is _there(BEFORE_3_11.get(target, target)):
        return True
    if target == "socket.socket":
        return True  # These tests run behind a guard that stands in its place.
    own = f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"
    return target in {renamed(own), resolved(own)[0]} or target in ALIASES.values()


MADE = {"multiprocessing.reducer", "xml.parsers.expat.errors", "xml.parsers.expat.model"}
"""What no source binds: attributes that are set from elsewhere, modules that are made in C."""


def test_every_module_that_a_module_of_the_library_holds_is_known_for_what_it_is() -> None:
    looked_at = 0
    wrong = []
    for top in LIBRARY:
        for name in [top, *(n for n in SUBMODULES if n.startswith(f"{top}."))]:
            for attribute, value in vars(_import(name) or types).items():
                if isinstance(value, types.ModuleType) and not attribute.startswith("__"):
                    looked_at += 1
                    full = f"{name}.{attribute}"
                    really = hidden_module(name, attribute) or full
                    same = {really, resolved(full)[0], BEFORE_3_11.get(full)}
                    if resolved(value.__name__)[0] not in same and full not in MADE:
                        wrong.append((full, really, value.__name__))
    assert looked_at > 500
    assert wrong == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("tops", [INSTALLED, LIBRARY], ids=["packages", "standard library"])
def test_what_the_index_says_is_so_where_it_can_be_looked_at(tops: list[str]) -> None:
    """Names that another version has, or lacks, say nothing: one that is there has to be what is said."""
    looked_at = 0
    wrong = []
    for name, target in _entries():
        if name.partition(".")[0] not in tops or any(part.startswith("_") for part in name.split(".")[:-1]):
            continue
        module, _, attribute = name.rpartition(".")
        owner = sys.modules.get(module) or _there(module)
        value = getattr(owner, attribute, None)
        if not (isinstance(value, types.ModuleType) or callable(value)):
            continue
        looked_at += 1
        if not _is(value, target.replace(":", ".")):
            wrong.append((name, target, value))
    assert looked_at > 300
    assert wrong == []
