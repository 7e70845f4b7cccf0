"""What goes into files, comes out of them, and which of them are run."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import libcst as cst

from execgate.analysis import iteration, paths, texts
from execgate.analysis.effects.site import Site
from execgate.analysis.machine import Machine
from execgate.analysis.values import Anything, Const, Num, Obj, Value, alternatives, union
from execgate.analysis.written import state
from execgate.analysis.written.languages import interpreter
from execgate.model.values import Template, Text, Unknown
from execgate.operations import effects as catalogue
from execgate.operations.types import FILES

_UNSEEN = "what it writes is not followed"


def put(m: Machine, into: list[Text], value: Value, node: cst.CSTNode, via: str) -> None:
    """Note that a value becomes the text of a file, or a part of it."""
    m.written.put(
        into, state.Piece(value, m.path, state.Place(node, m.statement, via)), (id(node), value.key())
    )


def put_unseen(site: Site, into: list[Text]) -> None:
    """Note that a call writes what is not followed."""
    put(site.m, into, Anything(_UNSEEN), site.node, site.via)


def put_into(m: Machine, target: Value, value: Value, node: cst.CSTNode, via: str) -> None:
    """Note that a value is written into what was opened, or into a file by its path."""
    place = state.Place(node, m.statement, via)
    targets = alternatives(target)
    branch = m.path if len(targets) == 1 else state.NOWHERE
    for alternative in targets:
        if isinstance(alternative, Obj) and alternative.type in FILES:
            opened = state.opened_on(alternative)
            if opened is not None:
                m.written.openings.setdefault(id(alternative), (alternative, m.path))
                piece = state.Piece(value, branch, place, state.replaces(alternative))
                m.written.put(named(m, opened), piece, id(alternative))
        elif not isinstance(alternative, Num):
            piece = state.Piece(value, branch, place, fresh=True)
            m.written.put(named(m, alternative), piece, (id(node), value.key()))


def named(m: Machine, value: Value) -> list[Text]:
    """Return the paths that a value names."""
    found = [
        texts.to_text(text, "the path is not known")
        for alternative in alternatives(value)
        for text in alternatives(paths.text_of(alternative))
        if not isinstance(text, Const) or isinstance(text.value, (str, bytes))
    ]
    return m.in_working_folder(found)


def _writes(site: Site, effect: catalogue.Writes) -> None:
    target = site.at(effect.into)
    if target is None:
        return
    value = site.at(effect.text) if effect.text is not None else Anything(_UNSEEN)
    value = value if value is not None else Anything(_UNSEEN)
    if effect.each:
        items = iteration.exact_items(site.m, value)
        value = texts.concat([_plain(item) for item in items]) if items is not None else Anything(_UNSEEN)
    put_into(site.m, target, _contents_of(site.m, value), site.node, site.via)


def _plain(value: Value) -> Value:
    return union(paths.text_of(alternative) for alternative in alternatives(value))


def _contents_of(m: Machine, value: Value) -> Value:
    """Return what stands in a file that is given in place of a text."""
    return union(
        union([Anything(_UNSEEN), *(piece.value for piece in _known(m, alternative))])
        if isinstance(alternative, Obj) and alternative.type in FILES
        else alternative
        for alternative in alternatives(value)
    )


def _known(m: Machine, value: Value) -> list[state.Piece]:
    if isinstance(value, Obj) and value.type in FILES:
        opened = state.opened_on(value)
        return m.written.contents(named(m, opened)) if opened is not None else []
    return m.written.contents(named(m, value))


def _reads(site: Site, effect: catalogue.Reads) -> None:
    value = site.at(effect.out_of)
    found: list[Value] = []
    for alternative in alternatives(value) if value is not None else ():
        found += [_plain(piece.value) for piece in _known(site.m, alternative)]
    if found:
        site.result = union([Anything("it is read from a file"), texts.concat(found), *found])


def _runs(site: Site, effect: catalogue.Runs) -> None:
    value = site.at(effect.path)
    if value is not None:
        place = state.Place(site.node, site.m.statement, site.via)
        for path in named(site.m, value):
            site.m.written.run(path, effect.language, place)


_WORD = re.compile(r"[^\s'\"|&;<>()`$]+")


def started(
    m: Machine, command: Text | tuple[Text, ...], programs: tuple[Text, ...], node: cst.CSTNode, via: str
) -> None:
    """Note which files a command line runs: the programs of it, and what its interpreters are given."""
    place = state.Place(node, m.statement, via)
    languages = [
        language
        for program in programs
        if isinstance(program, str) and (language := interpreter(program)) is not None
    ]
    for program in programs:
        if not isinstance(program, Unknown) and "/" in str(program):
            m.written.run(program, None, place)
    if languages:
        for word in _words(command):
            m.written.run(word, languages[-1], place)


def _words(command: Text | tuple[Text, ...]) -> list[Text]:
    if isinstance(command, tuple):
        return [word for word in command[1:] if not isinstance(word, str) or not word.startswith("-")]
    parts = command.parts if isinstance(command, Template) else (command,)
    return [word for part in parts if isinstance(part, str) for word in _WORD.findall(part)]


def goes(site: Site, operation: Text, columns: list[list[Text]], *, recursive: bool = False) -> None:
    """Note what a file operation puts where it may be run."""
    if operation in {"copy", "move", "link"} and len(columns) == 2:
        sources, targets = columns
        pieces = site.m.written.contents(sources)
        text = texts.concat([_plain(piece.value) for piece in pieces])
        if len(sources) > 1 or not pieces or not all(piece.fresh for piece in pieces):
            text = union([Anything("it is the text of another file"), text])
        put(site.m, targets, text, site.node, site.via)
        inside: list[Text] = [
            f"{target}/{source.rpartition('/')[2]}"
            for source, target in product(sources, targets)
            if isinstance(source, str) and isinstance(target, str)
        ]
        put(site.m, inside, text, site.node, site.via)
    elif (operation in {"write", "append"} or (operation == "create" and recursive)) and not _is_followed(
        site
    ):
        put_unseen(site, [path for column in columns for path in column])


def _is_followed(site: Site) -> bool:
    """Return whether what a call writes is told by an effect of its own, or by methods of what it opens."""
    entry = site.entry
    if any(isinstance(effect, catalogue.Writes) for effect in entry.effects):
        return True
    opened = [effect.path for effect in entry.effects if isinstance(effect, catalogue.Opens)]
    return bool(opened) and entry.returns in FILES and all(path in (*entry.keeps, "self") for path in opened)


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Writes: _writes,
    catalogue.Reads: _reads,
    catalogue.Runs: _runs,
}
"""The rules of these effects."""
