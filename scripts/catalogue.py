"""Hold the catalogue against libraries as they are installed: what it has wrong, and what it does not know.

`python scripts/catalogue.py PACKAGE...`, with an interpreter that has the packages and libcst, walks what
each offers and says for every callable whether the catalogue lists it.  What it does not list counts as
harmless only if nothing about it smells of an effect: no parameter that is called like a path, a host or a
command, no call of `open`, `urlopen` or their like in its source or in the private functions that it calls.
Names that smell and were found to do nothing stand in `catalogue_reviewed.txt`; so do, behind a minus sign,
those that the catalogue lists for the sake of other versions than the one that is installed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import importlib.metadata
import inspect
import io
import pkgutil
import re
import sys
import textwrap
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from keyword import iskeyword
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from execgate.analysis.names import Standing, canonical, standing
from execgate.analysis.unknown import SAVE, SAVERS, TELLING
from execgate.operations import CATALOGUE, Entry, lookup

REVIEWED = Path(__file__).with_name("catalogue_reviewed.txt")

PARAMETERS = frozenset(
    """
    address archive basename buf cache_dir cmd command config_file connection container_path data_home
    database dataset_path dest destination dir directory dirname dsn executable fd fh fid file
    file_name file_or_filename file_path filename filenames filepath filepath_or_buffer files fname folder
    fp fpath handle host hostname in_file infile input_file io load_path loc_path local_dir location
    lock_file log_dir log_file model_file model_path outdir outfile output_dir output_file output_path path
    path_in path_or_buf path_or_buffer path_or_file path_or_fileobj path_or_fp path_or_stream path_out paths
    pathname port root root_path save_dir save_directory save_path shell socket source_path spreadsheet sql
    stream stylesheet target_dir target_path template_file temp_dir tmp_dir uri uris url urlpath urls wd
    weights_path workdir working_dir
    """.split()
)
"""Parameters that hold what a policy judges, in most libraries."""

NAMES = frozenset(
    """
    connect download dump dumps eval exec export fetch imread imsave imwrite install load loads open read
    run save savefig send serve spawn system unpickle upload urlopen write
    """.split()
)
"""Functions that are called like an effect."""

METHODS = frozenset("connect download imsave install save savefig serve system upload".split())
"""Methods that are: `read` and `write` act on what was opened before."""

CALLS = frozenset(
    """
    __import__ HTTPConnection HTTPSConnection NamedTemporaryFile Popen Process ProcessPoolExecutor
    TemporaryDirectory Unpickler chmod chown connect copyfile copytree create_connection eval exec
    execfile extractall hardlink_to import_module kill make_archive makedirs memmap mkdir mkdtemp mkstemp
    mmap open popen putenv read_bytes read_text removedirs rmdir rmtree run_path scandir setenv spawn
    symlink symlink_to system unlink unpack_archive urlopen urlretrieve walk write_bytes write_text
    """.split()
)
"""Functions and methods by whose names a source acts on the world, whoever they belong to."""

CALLS_OF = {
    "os": frozenset("environ getenv listdir link remove rename replace stat startfile execv execve".split()),
    "subprocess": frozenset("run call check_call check_output getoutput getstatusoutput".split()),
    "pickle": frozenset("load loads".split()),
    "marshal": frozenset("load loads".split()),
    "joblib": frozenset("load dump Parallel".split()),
    "shutil": frozenset("copy copy2 move which".split()),
    "requests": frozenset("get post put request Session".split()),
    "socket": frozenset("socket gethostbyname getaddrinfo".split()),
    "webbrowser": frozenset("open get".split()),
    "ctypes": frozenset("CDLL cdll pythonapi cast".split()),
}
"""Those that only mean something as a part of one module."""

DEPTH = 4
"""How many private functions lie between one that is offered and one that acts, at most."""

NOT_OFFERED = frozenset(
    "tests test conftest testing testutils estimator_checks setup version externals vendor".split()
)
"""Modules inside a package that nobody imports to work with data."""


@dataclass
class Subject:
    """Something callable that a package offers, under every public name that it has there."""

    value: object
    names: list[str] = field(default_factory=list)
    owner: type | None = None

    @property
    def name(self) -> str:
        """Return the name under which it is best known: the one with the fewest parts."""
        return min(self.names, key=lambda name: (name.count("."), "_" in name, len(name), name))


@dataclass
class Walk:
    """What was found of one package."""

    package: str
    version: str
    wrong: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)
    effects: int = 0
    listed: int = 0
    reviewed: int = 0
    refused: int = 0
    plain: int = 0


def _quietly(action: Callable[[], object]) -> object | None:
    """Return what `action` gives; None where it fails, as importing what is not installed does."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        try:
            return action()
        except (Exception, SystemExit):  # noqa: BLE001 - a library's own code can fail in any way
            return None


def modules(package: str) -> Iterator[types.ModuleType]:
    """Yield the public modules of a package, the package first."""
    top = _quietly(lambda: importlib.import_module(package))
    if not isinstance(top, types.ModuleType):
        sys.exit(f"catalogue: `{package}` can't be imported")
    yield top
    for found in _below(top):
        module = _quietly(lambda name=found: importlib.import_module(name))  # type: ignore[misc]
        if isinstance(module, types.ModuleType):
            yield module


def _below(module: types.ModuleType) -> Iterator[str]:
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if found.name.startswith("_") or found.name in NOT_OFFERED:
            continue
        name = f"{module.__name__}.{found.name}"
        yield name
        if found.ispkg:
            inner = _quietly(lambda name=name: importlib.import_module(name))  # type: ignore[misc]
            if isinstance(inner, types.ModuleType):
                yield from _below(inner)


def _offered(module: types.ModuleType) -> Iterator[tuple[str, object]]:
    package = module.__name__.partition(".")[0]
    named = _quietly(lambda: list(module.__all__)) or []
    assert isinstance(named, list)
    for name in sorted({*named, *dir(module)}):
        if not isinstance(name, str) or name.startswith("_"):
            continue
        value = _quietly(lambda name=name: getattr(module, name))  # type: ignore[misc]
        if not callable(value) or isinstance(value, types.ModuleType):
            continue
        home = getattr(value, "__module__", None)
        own = not isinstance(home, str) or home.partition(".")[0].lstrip("_") == package
        if own or name in named:
            yield name, value


def _methods(cls: type) -> Iterator[tuple[str, type, object]]:
    package = cls.__module__.partition(".")[0]
    for name in dir(cls):
        owner = next((base for base in cls.__mro__ if name in vars(base)), object)
        if name.startswith("_") or owner.__module__.partition(".")[0] != package:
            continue
        value = inspect.getattr_static(cls, name)
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        if callable(value):
            yield name, owner, value


def _is_told_apart(subject: Subject) -> bool:
    """Return whether the analysis knows objects of a class as such: else one of its bases speaks for it."""
    return any(canonical(name) in _types() for name in subject.names)


def subjects(package: str) -> list[Subject]:
    """Return what a package offers to call: functions, classes and the methods of its classes."""
    found: dict[int, Subject] = {}
    for module in modules(package):
        for name, value in _offered(module):
            subject = found.setdefault(id(value), Subject(value))
            subject.names.append(f"{module.__name__}.{name}")
    offered = {subject.value for subject in found.values() if isinstance(subject.value, type)}
    methods = [
        Subject(method, [f"{name}.{attribute}" for name in subject.names], subject.value)
        for subject in found.values()
        if isinstance(subject.value, type) and not issubclass(subject.value, BaseException)
        for attribute, home, method in _methods(subject.value)
        if home is subject.value or home not in offered or _is_told_apart(subject)
    ]
    return [*found.values(), *methods]


def parameters(value: object) -> list[inspect.Parameter] | None:
    """Return the parameters of a callable, from its documentation where it is not Python's; else None."""
    with contextlib.suppress(TypeError, ValueError, NameError):
        return list(inspect.signature(value).parameters.values())  # type: ignore[arg-type]
    text, name = (getattr(value, attribute, None) for attribute in ("__doc__", "__name__"))
    if not isinstance(text, str) or not isinstance(name, str):
        return None
    written = re.match(rf"\s*(?:\w+\.)*{re.escape(name)}\(([^()]*)\)", text) if name else None
    if written is None:
        return None
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    words = re.findall(r"[A-Za-z_]\w*(?=\s*(?:[,=\[\]:]|$))", written[1])
    return [inspect.Parameter(word, kind) for word in dict.fromkeys(words) if not iskeyword(word)]


@cache
def _called(function: types.FunctionType, depth: int) -> frozenset[str]:
    """Return the words for what the source of a function does, and of private functions that it calls."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in CALLS_OF.get(node.value.id.lstrip("_"), ())
        ):
            found.add(f"{node.value.id}.{node.attr}")
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            if not (node.func.attr == "eval" and isinstance(node.func.value, ast.Name)):
                found.add(f".{node.func.attr}()")
        elif isinstance(node.func, ast.Name):
            if node.func.id in CALLS:
                found.add(f"{node.func.id}()")
            inner = function.__globals__.get(node.func.id)
            package = function.__module__.partition(".")[0]
            if (
                depth > 0
                and isinstance(inner, types.FunctionType)
                and node.func.id.startswith("_")
                and inner.__module__.partition(".")[0] == package
            ):
                found |= _called(inner, depth - 1)
    return frozenset(found)


def smells(subject: Subject) -> list[str]:
    """Return what about a callable speaks of an effect."""
    value = subject.value
    found = [p.name for p in parameters(value) or () if p.name.lower() in PARAMETERS]
    if subject.name.rpartition(".")[2] in (NAMES if subject.owner is None else METHODS):
        found.append("its name")
    source = inspect.unwrap(value) if inspect.isroutine(value) else getattr(value, "__init__", None)
    if isinstance(source, types.FunctionType):
        found += sorted(_called(source, DEPTH))
    return found


@cache
def _reviewed() -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the patterns of names that were read, with the smells that mean nothing there; none is all."""
    lines = (line.partition("#")[0].split() for line in REVIEWED.read_text("utf-8").splitlines())
    return tuple((name, frozenset(words)) for name, *words in filter(None, lines))


def _remaining(name: str, found: list[str]) -> list[str]:
    for pattern, words in _reviewed():
        if fnmatchcase(name, pattern):
            found = [smell for smell in found if words and smell not in words]
    return found


def _entry(name: str) -> Entry | None:
    return lookup(canonical(name))


@cache
def _types() -> frozenset[str]:
    """Return the types whose objects the analysis tells apart."""
    return frozenset(kind for _, does in CATALOGUE.values() for kind in (does.returns, does.yields) if kind)


def _entries(subject: Subject) -> Iterator[Entry | None]:
    """Yield what the catalogue says of a callable, under any of its names or by what its name tells."""
    yield from map(_entry, subject.names)
    name = subject.name.rpartition(".")[2]
    told = lookup(TELLING[name]) if name in TELLING else None
    if told is not None and (subject.owner is not None or told.parameters[:1] != ("self",)):
        yield told
    elif subject.owner is not None and name in SAVERS:
        yield SAVE


def disagreements(entry: Entry, real: list[inspect.Parameter]) -> Iterator[str]:
    """Yield what is wrong with a listed signature: arguments that it would put in the wrong parameter."""
    listed = list(entry.parameters)
    positional = [p.name for p in real if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    names = {p.name for p in real}
    starred = any(p.kind is p.VAR_KEYWORD for p in real)
    for index, parameter in enumerate(listed):
        if parameter.startswith("*") or (
            index >= len(positional) and any(p.kind is p.VAR_POSITIONAL for p in real)
        ):
            break
        if index < len(positional) and positional[index] != parameter:
            only = (
                next(p for p in real if p.name == positional[index]).kind is inspect.Parameter.POSITIONAL_ONLY
            )
            if not only:
                yield f"{entry.name}: parameter {index + 1} is `{positional[index]}`, not `{parameter}`"
                return
        elif index >= len(positional) and parameter not in names and not starred:
            yield f"{entry.name}: there is no `{parameter}`"
    else:
        missing = [name for name in positional[len(listed) :] if f"*{name}" not in listed]
        if missing and not any(p.startswith("*") for p in listed):
            yield f"{entry.name}: `{missing[0]}` is missing"


def _resolve(name: str) -> tuple[object, object] | None:
    """Return what a name of the catalogue stands for, and what holds it."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        value = _quietly(lambda end=end: importlib.import_module(".".join(parts[:end])))  # type: ignore[misc]
        if value is None:
            continue
        owner: object = value
        for part in parts[end:]:
            following = _quietly(lambda value=value, part=part: getattr(value, part))  # type: ignore[misc]
            if following is None:
                return None
            owner, value = value, following
        return value, owner
    return None


def _wrong(package: str) -> Iterator[str]:
    elsewhere = {name for name, _ in _reviewed()}
    for name in CATALOGUE:
        if name.partition(".")[0] != package or name.endswith("*") or f"-{name}" in elsewhere:
            continue
        found = _resolve(name)
        entry = lookup(name)
        assert entry is not None
        if found is None:
            if not _is_own_type(name):
                yield f"{name}: there is no such thing"
            continue
        value, owner = found
        real = parameters(value) if callable(value) else None
        if real is None:
            continue
        static = inspect.getattr_static(owner, name.rpartition(".")[2], None)
        if isinstance(owner, type) and not isinstance(static, (staticmethod, classmethod, type)):
            # What is read from documentation leaves the receiver out.
            receiver = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
            real = [receiver, *(real[1:] if real[:1] and real[0].name == "self" else real)]
        yield from disagreements(entry, real)


def _is_own_type(name: str) -> bool:
    """Return whether a method's type is one that only the catalogue has, for what has no public name."""
    owner = name.rpartition(".")[0]
    return owner in _types() and _resolve(owner) is None


def walk(package: str) -> Walk:
    """Return what the catalogue has right, wrong and not at all of an installed package."""
    distributions = importlib.metadata.packages_distributions().get(package, [package])
    version = _quietly(lambda: importlib.metadata.version(distributions[0]))
    result = Walk(package, str(version or "-"))
    for subject in subjects(package):
        listed = [entry for entry in _entries(subject) if entry is not None]
        if listed:
            acts = any(entry.effects for entry in listed)
            result.effects += acts
            result.listed += not acts
            if acts:
                result.spellings += _missed(subject)
            continue
        found = smells(subject)
        if _is_refused(subject):
            result.refused += 1
        elif not found:
            result.plain += 1
        elif remaining := _remaining(subject.name, found):
            result.unknown.append(f"{subject.name}: {', '.join(dict.fromkeys(remaining))}")
        else:
            result.reviewed += 1
    result.wrong += _wrong(package)
    return result


def _missed(subject: Subject) -> Iterator[str]:
    """Yield the names of a function or class that acts under which the catalogue does not know it."""
    if subject.owner is None and subject.name.rpartition(".")[2] not in TELLING:
        for name in subject.names:
            if _entry(name) is None and standing(canonical(name)) is not Standing.REFUSED:
                yield f"{name} is {subject.name}"


def _is_refused(subject: Subject) -> bool:
    return all(standing(canonical(name)) is Standing.REFUSED for name in subject.names)


COLUMNS = "effects listed refused reviewed plain unknown spellings wrong".split()


def main() -> int:
    """Print a line for each package and what is wrong or unknown; 1 if anything is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("packages", nargs="+", metavar="PACKAGE")
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    given = parser.parse_args()
    walks = [walk(package) for package in given.packages]
    print(f"{'package':<14}{'version':>11}" + "".join(f"{column:>10}" for column in COLUMNS))
    for one in walks:
        counts = (getattr(one, column) for column in COLUMNS)
        numbers = (count if isinstance(count, int) else len(count) for count in counts)
        print(f"{one.package:<14}{one.version:>11}" + "".join(f"{number:>10}" for number in numbers))
    for one in walks if not given.quiet else ():
        for kind in ("wrong", "unknown", "spellings"):
            for line in sorted(getattr(one, kind)):
                print(f"{kind}: {line}")
    return int(any(one.wrong or one.unknown or one.spellings for one in walks))


if __name__ == "__main__":
    sys.exit(main())
