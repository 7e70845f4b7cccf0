"""Files that earlier programs of a call put into the working folder, judged as programs themselves."""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache

from execgate.model.operation import FileOperation, Operation
from execgate.model.places import HOME, WORKSPACE
from execgate.model.source import Source, Span
from execgate.model.values import Hole, Template, Text, Unknown
from execgate.operations import CATALOGUE, modules

_CHANGES = frozenset({"write", "append", "create", "delete", "move", "copy", "link"})


def in_workspace(name: str) -> str:
    """Return the path of a staged file from the root on."""
    return posixpath.normpath(posixpath.join(WORKSPACE, name))


def usable(staged: Mapping[str, Source]) -> dict[str, Source]:
    """Return the files that a program may import and run.

    Left out is what would be imported in place of a module that is known, or without being asked for: the
    name then means what it always does, and the file is data.
    """
    return {name: file for name, file in staged.items() if not _stands_for_another(name)}


def _stands_for_another(name: str) -> bool:
    top = name.partition("/")[0].removesuffix(".py")
    return top in _UNASKED or top in sys.stdlib_module_names or top in _libraries()


@cache
def _libraries() -> frozenset[str]:
    """Return the libraries of which the catalogue knows something."""
    return frozenset(
        name.partition(".")[0]
        for table in (
            CATALOGUE,
            modules.ALIASES,
            modules.PURE,
            modules.LISTED,
            modules.REFUSED,
            modules.KNOWN,
        )
        for name in table
    )


_UNASKED = frozenset(
    {"sitecustomize", "usercustomize", "conftest", "__pycache__", "__main__", "execgate_guard"}
)


def module_file(staged: Mapping[str, Source], name: str) -> Source | None:
    """Return the staged file that `import name` runs, None where that is none of them."""
    path = name.replace(".", "/")
    return staged.get(f"{path}/__init__.py") or staged.get(f"{path}.py")


def is_folder(staged: Mapping[str, Source], name: str) -> bool:
    """Return whether `name` is a package without a file of its own: a folder of staged files."""
    return any(file.startswith(name.replace(".", "/") + "/") for file in staged)


def rewritten(
    operations: Iterable[Operation], scripts: Mapping[str, Span], *, via: str
) -> list[FileOperation]:
    """Return an `execute` for each script of which the program itself may have changed the text before.

    `scripts` are the paths of staged files that it runs, with where it does.
    """
    changed = [
        path
        for operation in operations
        if isinstance(operation, FileOperation)
        and (not isinstance(operation.operation, str) or operation.operation in _CHANGES)
        for path in operation.paths
    ]
    return [
        FileOperation(operation="execute", paths=(script,), via=via, location=place)
        for script, place in scripts.items()
        if any(may_touch(path, script) for path in changed)
    ]


def may_touch(path: Text, file: str) -> bool:
    """Return whether what is done to `path` can be done to `file`, or to a folder that holds it."""
    if isinstance(path, Unknown):
        return True
    if isinstance(path, Template):
        return any(re.fullmatch(_pattern(path), place) for place in (file, *_folders(file)))
    return _from_root(path) in {file, *_folders(file)}


def _folders(file: str) -> list[str]:
    found = []
    while file != "/":
        file = posixpath.dirname(file)
        found.append(file)
    return found


def _from_root(path: str) -> str:
    if path == "~" or path.startswith("~/"):
        path = HOME + path[1:]
    return posixpath.normpath(posixpath.join(WORKSPACE, path)).replace("//", "/")


def _pattern(path: Template) -> str:
    known = [part for part in path.parts if isinstance(part, str)]
    if Hole.ANY in path.parts or any("." in part and ("./" in part or ".." in part) for part in known):
        return ".*"
    text = "".join(re.escape(part) if isinstance(part, str) else "[^/]*" for part in path.parts)
    first = path.parts[0]
    return text if isinstance(first, str) and first.startswith(("/", "~")) else f"{WORKSPACE}/{text}"
