"""The modules that are said to do nothing but compute, against their own source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from execgate.operations import lookup
from execgate.operations.modules import ALIASES, LISTED, PURE, REFUSED

LIBRARY = Path(ast.__file__).parent

# Calls that act on the world, or that a later call acts on it by.
ACTS = frozenset(
    """
    open exec eval compile __import__ import_module system popen Popen urlopen urlretrieve socket
    """.split()
)
METHODS = frozenset("urlopen Popen read_text read_bytes write_text".split())
MODULES = frozenset("os _os posix socket subprocess shutil builtins importlib pickle marshal ctypes".split())
HARMLESS_HERE = frozenset(
    """
    os.fspath os.fsencode os.fsdecode os.getpid os.urandom os.getcwd os.get_terminal_size os.strerror
    os.cpu_count shutil.get_terminal_size shutil.which builtins.repr pickle.PicklingError pickle._Pickler
    """.split()
)

# Read, and found to do nothing that a caller could turn to account, or nothing that what makes their object
# has not been judged for.
REVIEWED = frozenset(
    """
    _colorize.can_colorize
    argparse.ArgumentParser._read_args_from_files
    ast.parse
    collections.namedtuple
    contextlib.chdir.__enter__
    contextlib.chdir.__exit__
    dis._try_compile
    importlib.metadata.Distribution._load_json
    importlib.metadata.Distribution._read_egg_info_reqs
    importlib.metadata.Distribution._read_files_distinfo
    importlib.metadata.Distribution._read_files_egginfo
    importlib.metadata.Distribution._read_files_egginfo_installed
    importlib.metadata.Distribution._read_files_egginfo_sources
    importlib.metadata.Distribution.entry_points
    importlib.metadata.Distribution.metadata
    importlib.metadata.FastPath.children
    importlib.metadata.FastPath.mtime
    importlib.metadata.PackagePath.read_binary
    importlib.metadata.PackagePath.read_text
    importlib.metadata.PathDistribution.read_text
    importlib.metadata._top_level_declared
    importlib.metadata.packages_distributions
    multiprocessing.sharedctypes.RawArray
    multiprocessing.sharedctypes.RawValue
    multiprocessing.sharedctypes._new_value
    multiprocessing.sharedctypes.copy
    sysconfig.get_platform
    traceback._compute_suggestion_error
    typing.ForwardRef.__init__
    xml.dom.domreg.getDOMImplementation
    zoneinfo._tzpath.available_timezones
    zoneinfo._zoneinfo.ZoneInfo._new_instance
    """.split()
)


def _canonical(name: str) -> str:
    prefix = name
    while prefix and prefix not in ALIASES:
        prefix = prefix.rpartition(".")[0]
    return ALIASES[prefix] + name[len(prefix) :] if prefix else name


def _is_pure(name: str) -> bool:
    if _canonical(name) != name:
        return False
    while name:
        if name in PURE:
            return True
        if name in LISTED or name in REFUSED:
            return False
        name = name.rpartition(".")[0]
    return False


def _sources() -> Iterator[tuple[str, Path]]:
    for path in sorted(LIBRARY.rglob("*.py")):
        parts = path.relative_to(LIBRARY).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if parts[0] in sys.stdlib_module_names and "encodings" not in parts and _is_pure(name):
            yield name, path


def _called(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            function = call.func
            if isinstance(function, ast.Name) and function.id in ACTS:
                yield function.id
            elif isinstance(function, ast.Attribute):
                owner = function.value.id if isinstance(function.value, ast.Name) else None
                if function.attr in METHODS:
                    yield function.attr
                elif owner in MODULES and f"{owner.lstrip('_')}.{function.attr}" not in HARMLESS_HERE:
                    yield f"{owner}.{function.attr}"


def _functions(node: ast.AST, name: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{name}.{child.name}")
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{name}.{child.name}", child


def test_a_function_that_acts_on_the_world_is_listed_wherever_it_stands() -> None:
    unlisted = []
    for module, path in _sources():
        for name, function in _functions(ast.parse(path.read_bytes()), module):
            called = sorted(set(_called(function)))
            if called and name not in REVIEWED and lookup(_canonical(name.removesuffix(".__init__"))) is None:
                unlisted.append(f"{name}: {', '.join(called)}")
    assert unlisted == []
