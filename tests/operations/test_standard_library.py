"""The catalogue against the standard library of the Python that runs these tests."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import types
import warnings
from collections.abc import Iterator
from functools import cache

from execgate.operations import CATALOGUE, lookup
from execgate.operations.modules import ALIASES, CONSTANTS, LISTED, PURE, REFUSED

MISSING_HERE = frozenset(
    # of other systems, and what imports itself badly: never imported by these tests
    "antigravity idlelib this turtledemo __main__ test lib2to3".split()
)

# Parameters that stand in the catalogue for the sake of other versions than the one that runs.
OTHER_VERSIONS: dict[str, str] = {
    "os.path.splitroot": "p path",
    "asyncio.AbstractEventLoop.connect_accepted_socket": "ssl_shutdown_timeout",
    "asyncio.AbstractEventLoop.create_connection": "ssl_shutdown_timeout",
    "asyncio.AbstractEventLoop.create_server": "keep_alive ssl_shutdown_timeout",
    "asyncio.AbstractEventLoop.create_unix_connection": "ssl_shutdown_timeout",
    "asyncio.AbstractEventLoop.create_unix_server": "ssl_shutdown_timeout",
    "code.InteractiveConsole": "local_exit",
    "code.InteractiveConsole.push": "_symbol filename",
    "code.interact": "local_exit",
    "concurrent.futures.ProcessPoolExecutor": "max_tasks_per_child",
    "configparser.ConfigParser": "allow_unnamed_section",
    "filecmp.dircmp": "shallow",
    "ftplib.FTP_TLS": "certfile keyfile",
    "gettext.install": "codeset",
    "gettext.translation": "codeset",
    "glob.glob": "include_hidden",
    "glob.iglob": "include_hidden",
    "http.client.HTTPSConnection": "cert_file check_hostname key_file",
    "imaplib.IMAP4_SSL": "certfile keyfile",
    "importlib.resources.files": "anchor package",
    "multiprocessing.managers.BaseManager": "shutdown_timeout",
    "multiprocessing.managers.SyncManager": "shutdown_timeout",
    "multiprocessing.shared_memory.SharedMemory": "track",
    "pathlib.Path.exists": "follow_symlinks",
    "pathlib.Path.glob": "case_sensitive recurse_symlinks",
    "pathlib.Path.group": "follow_symlinks",
    "pathlib.Path.is_dir": "follow_symlinks",
    "pathlib.Path.is_file": "follow_symlinks",
    "pathlib.Path.match": "case_sensitive",
    "pathlib.Path.owner": "follow_symlinks",
    "pathlib.Path.read_text": "newline",
    "pathlib.Path.rglob": "case_sensitive recurse_symlinks",
    "poplib.POP3_SSL": "certfile keyfile",
    "shutil.chown": "dir_fd follow_symlinks",
    "shutil.rmtree": "dir_fd onexc",
    "shutil.unpack_archive": "filter",
    "smtplib.SMTP.starttls": "certfile keyfile",
    "smtplib.SMTP_SSL": "certfile keyfile",
    "socket.create_connection": "all_errors",
    "sqlite3.Connection.iterdump": "filter",
    "subprocess.Popen": "process_group",
    "subprocess.getoutput": "encoding errors",
    "subprocess.getstatusoutput": "encoding errors",
    "tarfile.TarFile": "stream",
    "tarfile.TarFile.extract": "filter",
    "tarfile.TarFile.extractall": "filter",
    "tempfile.NamedTemporaryFile": "delete_on_close",
    "tempfile.TemporaryDirectory": "delete",
    "trace.CoverageResults.write_results": "ignore_missing_files",
    "types.FunctionType": "kwdefaults",
    "types.LambdaType": "kwdefaults",
    "unittest.main": "durations",
    "urllib.request.urlopen": "cadefault cafile capath",
    "venv.EnvBuilder": "scm_ignore_files",
    "venv.create": "scm_ignore_files",
    "zipfile.ZipFile": "metadata_encoding",
}


# What other versions have, what is set on instances, and names that stand for several classes at once.
ONLY_ELSEWHERE = frozenset(
    """
    argparse.ArgumentParser.add_parser
    asyncio.AbstractEventLoop.sock_sendto
    asyncio.Runner
    asyncio.Runner.get_loop
    contextlib.chdir
    dataclasses._FuncBuilder
    dataclasses._FuncBuilder.add_fns_to_class
    dis.main
    inspect.getasyncgenlocals
    multiprocessing.context.BaseContext.Process
    multiprocessing.managers.BaseManager.shutdown
    ssl.SSLContext.set_psk_client_callback
    ssl.SSLContext.set_psk_server_callback
    symtable.main
    typing.evaluate_forward_ref
    urllib.request.HTTPHandler.https_open
    """.split()
)


def _stands_for_classes(name: str) -> bool:
    """Return whether a name is a method of what stands for the open files of every class."""
    return name.startswith("io.File.")


def _canonical(name: str) -> str:
    for _ in range(8):
        prefix = name
        while prefix and prefix not in ALIASES:
            prefix = prefix.rpartition(".")[0]
        if not prefix:
            return name
        name = ALIASES[prefix] + name[len(prefix) :]
    return name


def _standing(name: str) -> str | None:
    while name:
        for kind, names in (("pure", PURE), ("listed", LISTED), ("refused", REFUSED)):
            if name in names:
                return kind
        name = name.rpartition(".")[0]
    return None


@cache
def _import(name: str) -> types.ModuleType | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except ImportError:
            return None


def _modules(kind: str) -> Iterator[tuple[str, types.ModuleType]]:
    """Yield the public modules of the standard library that are of one kind."""
    for top in sorted(sys.stdlib_module_names - MISSING_HERE):
        if not top.startswith("_"):
            yield from _below(top, kind)


def _below(name: str, kind: str) -> Iterator[tuple[str, types.ModuleType]]:
    if _canonical(name) != name or _standing(name) == "refused":
        return
    module = _import(name)
    if module is None:
        return
    if _standing(name) == kind:
        yield name, module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if not found.name.startswith("_") and found.name not in {"test", "tests"}:
            yield from _below(f"{name}.{found.name}", kind)


def _public(name: str, module: types.ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the callables that a module offers as its own."""
    exported = getattr(module, "__all__", None)
    for attribute in sorted(set(exported or vars(module))):
        value = getattr(module, attribute, None)
        if attribute.startswith("_") or not callable(value) or isinstance(value, types.ModuleType):
            continue
        home = _canonical(getattr(value, "__module__", None) or "").lstrip("_")
        if exported or home == name:
            yield attribute, value


def _is_covered(name: str) -> bool:
    return lookup(name) is not None or _standing(name) == "pure"


def _methods(cls: type) -> Iterator[str]:
    for attribute in dir(cls):
        owner = next((base for base in cls.__mro__ if attribute in vars(base)), object)
        if (
            not attribute.startswith("_")
            and owner.__module__ != "builtins"
            and callable(getattr(cls, attribute))
        ):
            yield attribute


def test_every_module_of_the_standard_library_has_its_place() -> None:
    unplaced = [name for name in sorted(sys.stdlib_module_names) if _standing(_canonical(name)) is None]
    assert unplaced == []


def test_every_callable_of_a_module_that_acts_is_listed_or_known_harmless() -> None:
    uncovered = []
    for name, module in _modules("listed"):
        for attribute, value in _public(name, module):
            full = _canonical(f"{name}.{attribute}")
            if _standing(full) == "pure":
                continue
            if not _is_covered(full):
                uncovered.append(full)
                continue
            entry = lookup(full)
            if isinstance(value, type) and entry is not None:
                uncovered += [
                    f"{full}.{method}"
                    for method in _methods(value)
                    if not _is_covered(_canonical(f"{full}.{method}"))
                    and not (entry.returns and _is_covered(f"{_canonical(entry.returns)}.{method}"))
                ]
    assert uncovered == []


def _resolve(name: str) -> tuple[object, object] | None:
    """Return what a catalogue's name stands for in this Python, and what holds it."""
    parts = name.split(".")
    if parts[0] not in sys.stdlib_module_names or parts[0] in MISSING_HERE:
        return None
    for end in range(len(parts) - 1, 0, -1):
        module = _import(".".join(parts[:end]))
        if module is not None:
            value: object = module
            owner: object = module
            for part in parts[end:]:
                owner, value = value, getattr(value, part, None)
            return None if value is None else (value, owner)
    return None


def _signature(name: str) -> list[inspect.Parameter] | None:
    found = _resolve(name)
    if found is None:
        return None
    value, owner = found
    try:
        parameters = list(inspect.signature(value).parameters.values())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    static = inspect.getattr_static(owner, name.rpartition(".")[2], None)
    bound = isinstance(owner, type) and not isinstance(static, (staticmethod, classmethod))
    return parameters[1:] if bound and inspect.isroutine(value) and parameters else parameters


def _disagreements(name: str, parameters: list[inspect.Parameter], listed: list[str]) -> Iterator[str]:
    """Yield what is wrong with a listed signature."""
    by_position = []
    for parameter in listed:
        if parameter.startswith("*"):
            break
        by_position.append(parameter)
    takes_more = any(parameter.startswith("*") and parameter != "*" for parameter in listed)
    takes_keywords = any(parameter.startswith("**") for parameter in listed)
    names = {parameter.lstrip("*") for parameter in listed}
    positional = [p for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    for index, parameter in enumerate(positional):
        if parameter.kind is parameter.POSITIONAL_ONLY:
            if index >= len(by_position) and not takes_more:
                yield f"{name}: takes {len(positional)} by position"
        elif parameter.name not in by_position and not takes_more:
            yield f"{name}: `{parameter.name}` is missing"
    shared = [p.name for p in positional if p.name in by_position]
    if shared != [parameter for parameter in by_position if parameter in shared]:
        yield f"{name}: the order is {shared}"
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name not in names and not takes_keywords:
            yield f"{name}: `{parameter.name}` is missing"
    if any(p.kind in {p.VAR_POSITIONAL, p.VAR_KEYWORD, p.POSITIONAL_ONLY} for p in parameters):
        return
    real = {parameter.name for parameter in parameters} | set(OTHER_VERSIONS.get(name, "").split())
    for parameter in names - real - {""}:
        if f"*{parameter}" not in listed and f"**{parameter}" not in listed:
            yield f"{name}: there is no `{parameter}`"


def test_every_signature_is_the_one_of_the_library() -> None:
    wrong = []
    for name in CATALOGUE:
        entry = lookup(name)
        assert entry is not None
        # Setting an attribute is no function of the library's.
        parameters = None if name.endswith((".*", ".__set__")) else _signature(name)
        if parameters is not None:
            listed = list(entry.parameters[1:] if entry.parameters[:1] == ("self",) else entry.parameters)
            wrong += _disagreements(name, parameters, listed)
    assert wrong == []


def test_a_name_that_is_listed_in_a_pure_module_is_there_in_some_version() -> None:
    """A misspelt name would leave the call that it is meant for as harmless as its module."""
    unknown = []
    for name in CATALOGUE:
        parts = name.split(".")
        if _standing(name) != "pure" or parts[0] not in sys.stdlib_module_names or parts[-1].startswith("_"):
            continue
        if _import(parts[0]) is None:
            continue  # What it needs is not installed here: Debian has tkinter in a package of its own.
        if _stands_for_classes(name):
            continue
        if _resolve(name) is None and name not in ONLY_ELSEWHERE and not name.endswith(".*"):
            unknown.append(name)
    assert unknown == []


def test_every_constant_has_the_value_that_it_has_on_linux() -> None:
    wrong = {}
    for name, value in CONSTANTS.items():
        module, _, attribute = name.rpartition(".")
        real = getattr(_import(module or "builtins"), attribute, value)
        if real != value:
            wrong[name] = real
    assert wrong == {}
