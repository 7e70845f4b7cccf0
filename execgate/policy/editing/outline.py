"""What a file holds, and where a name comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.editing import place as places
from execgate.policy.editing.folder import Folder
from execgate.policy.language.syntax import Constraint, Rule


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something with a name, and its place; `kind` is agent, grant, rule, set, window and so on."""

    name: str
    kind: str
    span: Span
    children: tuple[Symbol, ...] = ()


def outline(folder: Folder, file: str) -> list[Symbol]:
    """Return what a file holds, in the order of the text."""
    document = folder.documents.get(file)
    if document is None:
        return []
    found = [
        *(Symbol(one.name.text, "set", one.clause.span) for one in document.lets),
        *_rules(document.rules),
        *(Symbol("phases", "phases", one.clause.span, _named(one.settings)) for one in document.phases),
        *(Symbol(one.name.text, "window", one.clause.span, _named(one.settings)) for one in document.windows),
    ]
    for agent in document.agents:
        grants = (
            Symbol(
                grant.capability.text,
                "grant",
                grant.clause.span,
                _ordered((*_named(grant.constraints), *_rules(grant.rules))),
            )
            for grant in agent.grants
        )
        inside = _ordered((*_named(agent.settings), *_rules(agent.rules), *grants))
        found.append(Symbol(agent.name.text, "agent", agent.clause.span, inside))
    return list(_ordered(found))


def _named(settings: Iterable[Constraint]) -> tuple[Symbol, ...]:
    return tuple(Symbol(one.name, "constraint", one.clause.span) for one in settings)


def _rules(rules: Iterable[Rule]) -> tuple[Symbol, ...]:
    return tuple(Symbol(rule.name.text, "rule", rule.clause.span) for rule in rules)


def _ordered(symbols: Iterable[Symbol]) -> tuple[Symbol, ...]:
    return tuple(sorted(symbols, key=lambda symbol: (symbol.span.line, symbol.span.column)))


def definition(folder: Folder, file: str, line: int, column: int) -> Clause | None:
    """Return where the set, the window or the agent is from whose name stands at a place."""
    found = places.word_at(folder.files[file], line, column)
    if found is None:
        return None
    word = found[0][found[1]]
    if word.type == "NAME":
        one = folder.sets.get(str(word)) or folder.windows.get(str(word))
        return None if one is None else one.name.clause
    if word.type == "STRING":
        for document in folder.documents.values():
            for agent in document.agents:
                if agent.name.text == word[1:-1]:
                    return agent.name.clause
    return None
