"""What fits at the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from execgate.policy.conditions import phases, windows
from execgate.policy.conditions.attributes import ATTRIBUTES
from execgate.policy.conditions.scopes import SUBJECTS
from execgate.policy.conditions.values import SIGNS
from execgate.policy.constraints import (
    CAPABILITIES,
    CONSTRAINTS,
    UNLIMITED,
    LimitConstraint,
    ListConstraint,
    WordConstraint,
)
from execgate.policy.constraints.about import ABOUT
from execgate.policy.constraints.quantities import MONEY
from execgate.policy.editing import place as places
from execgate.policy.editing.folder import Folder
from execgate.policy.editing.place import Block, Place
from execgate.policy.editing.words import (
    CAPABILITY_DOCS,
    KEYWORDS,
    SETTINGS,
)
from execgate.policy.grant import DELEGATIONS
from execgate.policy.problems import quoted

_MOST = 500
_OPERAND_BEHIND = {"WHEN", "AND", "OR", "NOT", "LPAR"}
_OPERANDS = {"NAME", "STRING", "NUMBER", "RPAR", "RSQB", "TRUE", "FALSE"}
_CURRENCIES = tuple(sorted(MONEY.units))


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that can stand at the cursor.

    `text` replaces what was typed, from column `start` of the line on; `kind` is one of keyword, constraint,
    setting, unit, value, set, agent, attribute, phase, window, capability.
    """

    label: str
    kind: str
    text: str
    start: int
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class _Choice:
    label: str
    kind: str
    documentation: str = ""
    text: str | None = None
    """What is inserted, where it is not the label; of a string, its content."""
    string: bool = False


def complete(folder: Folder, file: str, line: int, column: int) -> list[Completion]:
    """Return what can stand at a place, that which fits to what was typed."""
    place = places.find(folder.files[file], line, column)
    if place is None:
        return []
    found: list[Completion] = []
    typed = place.typed.lower()
    for choice in dict.fromkeys(_choices(place, folder)):
        if place.quoted and not choice.string:
            continue
        if choice.label.lower().startswith(typed):
            text = choice.text if choice.text is not None else choice.label
            if choice.string and not place.quoted:
                text = quoted(text)
            found.append(Completion(choice.label, choice.kind, text, place.start, choice.documentation))
    return found[:_MOST]


def _choices(place: Place, folder: Folder) -> Iterator[_Choice]:
    kinds = place.kinds
    head = kinds[0] if kinds else None
    if head == "WHEN":
        yield from _condition(place, folder)
    elif head == "LET":
        yield from _let(place, folder)
    elif head == "AGENT":
        yield from _agent_head(place, folder)
    elif head == "CAN" and place.last != "RSQB":
        yield from _grant_head(place)
    elif head == "RULE":
        yield from _rule_head(place)
    elif head == "NAME" and "COLON" in kinds:
        yield from _value(place, folder)
    elif head in {"PHASES", "WINDOW", "DENY", "ESCALATE", "WARN", "RESTRICT"}:
        return
    else:
        yield from _members(place)


def _words(*words: str) -> Iterator[_Choice]:
    for word in words:
        yield _Choice(word, "keyword", KEYWORDS.get(word, ""))


def _names(names: Iterable[str], kind: str, *, string: bool = False) -> Iterator[_Choice]:
    for name in names:
        yield _Choice(name, kind, string=string)


def _members(place: Place) -> Iterator[_Choice]:
    """Yield what begins something new in a block."""
    block = place.block
    if block.kind == "file":
        yield from _words("agent", "let", "rule", "phases", "window")
    elif block.kind == "agent":
        yield from _words("can", "rule", "override")
        yield from _documented(SETTINGS, "setting", block)
    elif block.kind in {"grant", "restrict"}:
        own: Mapping[str, object] = CAPABILITIES.get(block.capability or "", CONSTRAINTS)
        yield from _documented({name: _about(name) for name in own}, "constraint", block)
        if block.kind == "grant":
            yield from _words("rule", "override")
    elif block.kind == "rule":
        yield from _words("when")
    elif block.kind == "phases":
        yield _Choice(phases.ALLOWED_PAYMENT_PHASE, "setting", "The only phase in which payments are made.")
        yield from _names(phases.USUAL, "phase")
    else:
        yield from _names((name for name in windows.SETTINGS if name not in block.given), "setting")


def _documented(names: Mapping[str, str], kind: str, block: Block) -> Iterator[_Choice]:
    for name, documentation in names.items():
        if name not in block.given:
            yield _Choice(name, kind, documentation, f"{name}: ")


def _about(name: str) -> str:
    about = ABOUT.get(name)
    return f"{about.line}\n\n`{about.example}`" if about is not None else ""


def _let(place: Place, folder: Folder) -> Iterator[_Choice]:
    if place.in_list:
        yield from _names(folder.sets, "set")
    elif place.last == "RSQB":
        yield from _members(place)


def _agent_head(place: Place, folder: Folder) -> Iterator[_Choice]:
    if "EXTENDS" in place.kinds and place.last in {"EXTENDS", "COMMA"}:
        given = {word[1:-1] for word in place.words}
        names = (name for name in folder.agents if name not in given and "*" not in name)
        yield from _names(names, "agent", string=True)
    elif place.kinds == ["AGENT", "STRING"]:
        yield from _words("extends")


def _grant_head(place: Place) -> Iterator[_Choice]:
    if place.last == "CAN":
        for name, documentation in CAPABILITY_DOCS.items():
            yield _Choice(name, "capability", documentation, string=True)
    elif place.last == "WITH":
        yield from _words("constraints")
    elif place.last == "STRING":
        yield from _words("with", "because")
        yield from _members(place)


def _rule_head(place: Place) -> Iterator[_Choice]:
    if place.last == "ON" or ("ON" in place.kinds and place.last == "COMMA"):
        yield from _names(SUBJECTS, "capability")
    elif place.last == "NAME" and place.kinds != ["RULE"]:
        yield from _words("on", "because")


def _value(place: Place, folder: Folder) -> Iterator[_Choice]:
    name = str(next(word for word in place.words if word.type == "NAME"))
    starts = place.last in {"LSQB", "COMMA"} if place.in_list else place.last == "COLON"
    if not starts:
        if not place.in_list and place.last != "BECAUSE":
            yield from _words("because")
            yield from _members(place)
        return
    if place.block.kind == "phases":
        yield from _names(folder.phases, "phase")
        return
    if name == "delegation":
        yield from _names(DELEGATIONS, "value")
        return
    constraint = CONSTRAINTS.get(name)
    if isinstance(constraint, ListConstraint):
        yield from _entries(constraint, place, folder)
    elif isinstance(constraint, WordConstraint):
        yield from _names(constraint.words, "value", string=True)
    elif isinstance(constraint, LimitConstraint):
        yield from _amounts(constraint, place)


def _entries(constraint: ListConstraint, place: Place, folder: Folder) -> Iterator[_Choice]:
    if not place.in_list:
        yield from _names(constraint.shorthands or (), "value", string=True)
    else:
        given = {word[1:-1] for word in place.words if word.type == "STRING"}
        known = constraint.known
        if constraint.name.endswith("_currencies"):
            known = _CURRENCIES
        yield from _names((word for word in (*known, "*") if word not in given), "value", string=True)
    yield from _names(folder.sets, "set")


def _amounts(constraint: LimitConstraint, place: Place) -> Iterator[_Choice]:
    if constraint.endless and not place.in_list:
        yield _Choice(UNLIMITED, "value", "No limit.")
    yield from _units(place, constraint.quantity.units, constraint.quantity.example)


def _units(place: Place, units: Iterable[str], example: str) -> Iterator[_Choice]:
    """Yield the number that was typed with each unit, or an example where none was."""
    number = place.typed.rstrip("%")
    digits = number[: len(number) - len(number.lstrip("0123456789."))]
    if not digits:
        yield _Choice(example, "unit")
        return
    for unit in units:
        yield _Choice(f"{digits}%" if unit == "%" else f"{digits}_{unit}", "unit")


def _condition(place: Place, folder: Folder) -> Iterator[_Choice]:
    last = place.last
    if last == "NOT" and len(place.words) > 1 and place.words[-2].type in _OPERANDS:
        yield from _words("in")
    elif last in _OPERAND_BEHIND:
        yield from _attributes()
        yield from _words("not", "has", "true", "false")
    elif last == "HAS":
        yield from _attributes()
    elif last == "COMPARE":
        yield from _compared(place, folder)
    elif last == "IN":
        yield from _names(folder.sets, "set")
        yield from _names(folder.windows, "window")
    elif place.in_list:
        yield from _compared(place, folder)
    elif last in _OPERANDS:
        yield from _names(SIGNS, "keyword")
        yield from _words("in", "not", "matches", "and", "or", "deny", "escalate", "warn", "restrict")


def _attributes() -> Iterator[_Choice]:
    for name, attribute in ATTRIBUTES.items():
        yield _Choice(name, "attribute", attribute.documentation)


def _compared(place: Place, folder: Folder) -> Iterator[_Choice]:
    """Yield what the attribute before a sign can be."""
    words = [word for word in place.words if word.type not in {"LSQB", "COMMA", "STRING", "NUMBER"}]
    while words and words[-1].type in {"COMPARE", "IN", "NOT"}:
        words.pop()
    name = ""
    while words and words[-1].type in {"NAME", "DOT"}:
        name = words.pop() + name
    attribute = ATTRIBUTES.get(name)
    if name == "phase":
        yield from _names(folder.phases, "phase")
    elif attribute is not None and attribute.words is not None:
        words_ = (word for known in attribute.words.values() for word in known)
        yield from _names(dict.fromkeys(words_), "value", string=True)
    elif name in {"cost", "amount"} or name.startswith("spent."):
        yield from _units(place, _CURRENCIES, "1.00_usd")
