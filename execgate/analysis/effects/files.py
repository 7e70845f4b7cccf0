"""What is read, written and otherwise done with files."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from execgate.analysis import paths, texts
from execgate.analysis.effects import network as network_effects
from execgate.analysis.effects import placed
from execgate.analysis.effects.binding import is_false
from execgate.analysis.effects.site import MAX_COMBINATIONS, Site
from execgate.analysis.values import (
    Const,
    Num,
    Obj,
    Value,
    alternatives,
)
from execgate.analysis.written import state
from execgate.model.operation import (
    FileOperation,
)
from execgate.model.values import Hole, Template, Text, Unknown
from execgate.operations import effects as catalogue
from execgate.operations.types import FILES


def _files(site: Site, effect: catalogue.Files) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    if not effect.paths and effect.default is not None:
        always = _below(effect.default) if effect.below else effect.default
        _each_path(site, effect.operation, [[always]], recursive=effect.recursive)
        return
    columns: list[list[Text]] = []
    for index, where in enumerate(effect.paths):
        value = site.at(where)
        if value is None and index == 0 and effect.default is not None:
            value = Const(effect.default)
        if value is None:
            continue
        found = _from_descriptor(site, index, site.paths(value))
        if effect.operation == "chmod":
            found += _opened(site, value)
        if effect.urls:
            found = _without_urls(site, found)
        if not found:
            return
        columns.append([_below(path) for path in found] if effect.below else found)
    if not columns:
        return
    if effect.base is not None and (base := site.at(effect.base)) is not None:
        columns[0] = [_joined(folder, path) for folder in site.paths(base) for path in columns[0]]
    if effect.pattern:
        columns[0] = [found for path in columns[0] for found in _matched(path)]
    if effect.beside and len(columns) == 2:
        columns[0] = [_joined(_folder(link), path) for path in columns[0] for link in columns[1]]
    if effect.above:
        columns[0] = [folder for path in columns[0] for folder in (path, *_above(path))]
    endings = effect.endings
    if effect.ending_of is not None:
        endings = ()
        columns[0] = [_ended(path, ending) for path in columns[0] for ending in _chosen(site, effect)]
    _each_path(site, effect.operation, columns, recursive=effect.recursive, endings=endings)
    placed.goes(site, effect.operation, columns, recursive=effect.recursive)


def _from_descriptor(site: Site, index: int, found: list[Text]) -> list[Text]:
    """Return paths as they count from the open folder that a call names, if it does."""
    folder = site.at("dir_fd") or site.at(("src_dir_fd", "dst_dir_fd")[min(index, 1)])
    if folder is None:
        return found
    return [_joined(place, path) for place in _opened(site, folder) for path in found] or found


def _opened(site: Site, value: Value) -> list[Text]:
    """Return what open files and descriptors stand for: to be open for reading is enough to change a mode."""
    found: list[Text] = []
    for alternative in alternatives(value):
        if isinstance(alternative, Obj) and alternative.type in FILES:
            opened = state.opened_on(alternative)
            found += site.paths(opened) if opened is not None else [Unknown("what was opened is not known")]
        elif isinstance(alternative, Num) or (
            isinstance(alternative, Const) and isinstance(alternative.value, int)
        ):
            found.append(Unknown("a number stands for the file"))
    return found


def _parts(path: str | Template) -> paths.Parts:
    return path.parts if isinstance(path, Template) else (path,)


def _text(parts: paths.Parts) -> Text:
    return Template(parts) if any(isinstance(part, Hole) for part in parts) else "".join(map(str, parts))


def _joined(folder: Text, path: Text) -> Text:
    """Return a path that is relative to a folder."""
    if isinstance(folder, Unknown) or isinstance(path, Unknown):
        return folder if isinstance(folder, Unknown) else path
    return _text(paths.join_parts(_parts(folder), _parts(path)))


def _folder(path: Text) -> Text:
    """Return the folder that a path lies in; that of a bare name is the working folder, not the root."""
    if isinstance(path, Unknown):
        return path
    folder = _text(paths.dirname(_parts(path)))
    return "." if folder == "" else folder


def _matched(pattern: Text) -> list[Text]:
    """Return what a pattern with wild cards matches."""
    if isinstance(pattern, Unknown):
        return [pattern]
    why = "the pattern could not be worked out"
    return [texts.to_text(found, why) for found in alternatives(paths.globbed(_parts(pattern)))]


def _ended(path: Text, ending: str) -> Text:
    """Return a path with something at its end, in which `*` is a word."""
    if isinstance(path, Unknown) or not ending:
        return path
    parts = _parts(path)
    for index, piece in enumerate(ending.split("*")):
        parts += ((Hole.WORD,) if index else ()) + ((piece,) if piece else ())
    return _text(parts)


def _chosen(site: Site, effect: catalogue.Files) -> list[str]:
    """Return the endings that a parameter chooses from."""
    table = dict(ending.split("=") for ending in effect.endings)
    given = site.at(effect.ending_of) if effect.ending_of is not None else None
    named = (
        [value.value if isinstance(value, Const) else None for value in alternatives(given)] if given else []
    )
    return [table.get(name, ".*") if isinstance(name, str) else ".*" for name in named] or [".*"]


def _above(path: Text) -> list[Text]:
    """Return the folders on the way to a path, the nearest first."""
    if isinstance(path, Unknown):
        return []
    found: list[Text] = []
    parts = paths.parent(_parts(path))
    while parts not in {(".",), ("/",), (Hole.ANY,)} and len(found) < _DEEPEST:
        found.append(_text(parts))
        parts = paths.parent(parts)
    return found + ([Unknown("the folders above it are not known")] if parts == (Hole.ANY,) else [])


_DEEPEST = 32


def _below(path: Text) -> Text:
    return path if isinstance(path, Unknown) else _text(paths.child(_parts(path)))


def _each_path(
    site: Site,
    operation: Text,
    columns: list[list[Text]],
    *,
    recursive: bool = False,
    endings: tuple[str, ...] = (),
) -> None:
    combinations = list(product(*columns))
    if len(combinations) > MAX_COMBINATIONS:
        combinations = [(Unknown("there are too many possible paths"),) * len(columns)]
    for combination in combinations:
        named = tuple(
            dict.fromkeys(_ended(path, ending) for path in combination for ending in endings or ("",))
        )
        site.report(FileOperation, operation=operation, paths=named, recursive=recursive)


def _without_urls(site: Site, found: list[Text]) -> list[Text]:
    remaining = []
    for path in found:
        first = path.parts[0] if isinstance(path, Template) else path
        if isinstance(first, str) and "://" in first[:12]:
            network_effects.reach_url(site, path, None)
        else:
            remaining.append(path)
    return remaining


_MODES = {"r": ("read",), "w": ("write",), "a": ("append",), "x": ("create",)}

_ARCHIVE_MODES = {**_MODES, "a": ("append", "read")}

_DBM_MODES = {
    "r": ("read",),
    "w": ("read", "write"),
    "c": ("read", "create", "write"),
    "n": ("create", "write"),
}

_TABLES = {"archive": _ARCHIVE_MODES, "dbm": _DBM_MODES}


def _opens(site: Site, effect: catalogue.Opens) -> None:
    target = site.at(effect.path)
    if target is None:
        return
    found = _from_descriptor(site, 0, site.paths(target))
    if effect.urls:
        found = _without_urls(site, found)
    if not found:
        return
    given = site.at(effect.mode) if effect.mode is not None else None
    operations: dict[Text, None] = {}
    for mode in alternatives(given) if given is not None else (Const(effect.default),):
        for operation in _operations_of(mode, effect):
            operations[operation] = None
    for operation in operations:
        _each_path(site, operation, [found], endings=effect.endings)
        placed.goes(site, operation, [found])


def _operations_of(mode: Value, effect: catalogue.Opens) -> tuple[Text, ...]:
    constant = mode.value if isinstance(mode, Const) else None
    if effect.kind == "flags":
        return _flags(constant) if type(constant) is int else (Unknown("its flags could not be worked out"),)
    if isinstance(constant, str):
        table = _TABLES.get(effect.kind, _MODES)
        for letter in constant:
            if letter in table:
                both = "+" in constant
                operations = table[letter]
                return (
                    (*operations, "write")
                    if both and letter == "r"
                    else ((*operations, "read") if both else operations)
                )
        return ("read",)
    return (Unknown("its mode could not be worked out"),)


def _flags(flags: int) -> tuple[Text, ...]:
    """Linux's numbers: the two lowest bits are the access mode."""
    operations: list[Text] = []
    access = flags & 3
    if access in {0, 2}:
        operations.append("read")
    if access in {1, 2}:
        operations.append("append" if flags & 0o2000 else "write")
    if flags & 0o100 or flags & 0o20000000:
        operations.append("create")
    if flags & 0o1000 and "write" not in operations:
        operations.append("write")
    return tuple(operations)


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Files: _files,
    catalogue.Opens: _opens,
}
"""The rules of these effects."""
