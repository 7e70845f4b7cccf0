"""From what was written where something runs it to operations, at the place where it was written."""

from __future__ import annotations

from collections.abc import Iterator

from execgate.analysis import paths, texts
from execgate.analysis.effects.placed import named
from execgate.analysis.effects.processes import run_shell
from execgate.analysis.holes import flatten, restore
from execgate.analysis.machine import Machine
from execgate.analysis.nested import follow
from execgate.analysis.scopes import Scope
from execgate.analysis.values import Anything, Value, alternatives, union
from execgate.analysis.written import languages
from execgate.analysis.written.places import runner_of
from execgate.analysis.written.state import NOWHERE, Piece, Place, opened_on
from execgate.model.values import Template, Text, Unknown

_WHY = "its text could not be worked out"


def settle(m: Machine) -> bool:
    """Judge every file that was written and is run; return whether there was one that was not judged yet."""
    found = False
    for value, place in m.written.gone.values():
        opened = opened_on(value)
        if opened is not None:
            piece = Piece(Anything("what is written into it is not seen here"), NOWHERE, place)
            m.written.put(named(m, opened), piece, id(value))
    m.written.gone.clear()
    for path, openings in list(m.written.files.items()):
        for language, runner in list(_runners(m, path)):
            for text, place in _texts(m, openings):
                key = (path, language, text, id(place.node))
                if key not in m.written.judged:
                    m.written.judged.add(key)
                    found = True
                    _judge(m, language, text, place, f"`{_shown(path)}`, which {runner} runs")
    return found


def _runners(m: Machine, path: str) -> Iterator[tuple[str, str]]:
    by_itself = runner_of(path)
    if by_itself is not None:
        yield by_itself
    for run in m.written.runs.get(path, ()):
        yield run.language or "script", "this program"


def _shown(path: str) -> str:
    return str(restore(path))


def _texts(m: Machine, openings: dict[object, list[Piece]]) -> Iterator[tuple[Text, Place]]:
    """Yield what can stand in a file: what goes in by each opening, and by all of them in their order."""
    every: list[Value] = []
    for opening, pieces in openings.items():
        place = pieces[-1].place
        values = [_plain(piece.value) for piece in pieces]
        every += values
        known = m.written.openings.get(opening) if isinstance(opening, int) else None
        branch = known[1] if known is not None else pieces[0].branch
        if all(piece.branch == branch for piece in pieces):
            for text in _all_of(texts.concat(values)):
                yield text, place
        else:
            yield from _lines_of(pieces)
    if len(openings) > 1:
        for text in _all_of(texts.concat(every)):
            if not isinstance(text, Unknown):
                yield text, place


def _plain(value: Value) -> Value:
    return union(paths.text_of(alternative) for alternative in alternatives(value))


def _all_of(value: Value) -> list[Text]:
    return [texts.to_text(alternative, _WHY) for alternative in alternatives(value)]


def _lines_of(pieces: list[Piece]) -> Iterator[tuple[Text, Place]]:
    """Yield pieces of which each may be missing or come again: only whole lines can be told apart then."""
    for piece in pieces:
        for text in _all_of(_plain(piece.value)):
            last = text.parts[-1] if isinstance(text, Template) else text
            if isinstance(text, Unknown) or (isinstance(last, str) and (last.endswith("\n") or not last)):
                yield text, piece.place
            else:
                yield Unknown("it is written in parts that may be missing or repeated"), piece.place


def _judge(m: Machine, language: str, text: Text, place: Place, what: str) -> None:
    flat = None if isinstance(text, Unknown) else flatten(text)
    outer = (m.site, m.statement)
    m.site, m.statement = m.site or place.node, place.statement
    try:
        if flat is None:
            why = text.why if isinstance(text, Unknown) else _WHY
            m.gap(f"what is written into {what}, is code: {why}", place.node, "write a text that is constant")
            return
        try:
            commands, code = languages.parts(language, flat, what.split("`")[1])
        except languages.OpaqueError as error:
            m.gap(f"what is written into {what}, is code: {error}", place.node)
            return
        for command in commands:
            run_shell(m, restore(command), place.node, place.via, written=True)
        if code:
            _python(m, code, place)
    finally:
        m.site, m.statement = outer


def _python(m: Machine, code: str, place: Place) -> None:
    outer = m.scope
    m.scope = Scope("module")
    try:
        follow(m, code, "exec", place.node)
    finally:
        m.scope = outer
