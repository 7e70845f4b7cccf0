"""The reference of the policy language as Markdown, made from the tables that read policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from execgate.model.limits import Limits
from execgate.model.operation import OPERATION_TYPES, Operation
from execgate.policy.conditions import phases, windows
from execgate.policy.conditions.attributes import ARGUMENT, ATTRIBUTES, Attribute, Origin
from execgate.policy.constraints import (
    CAPABILITIES,
    UNLIMITED,
    Constraint,
    LimitConstraint,
    ListConstraint,
    WordConstraint,
)
from execgate.policy.constraints.about import ABOUT, TWINS
from execgate.policy.constraints.quantities import (
    BYTES,
    CPUS,
    FILES,
    MONEY,
    PAYMENTS,
    PERCENT,
    PROCESSES,
    TIME,
)
from execgate.policy.constraints.reading import article
from execgate.policy.elaboration.settings import SETTINGS, default

FORMS: tuple[tuple[str, str], ...] = (
    ("an agent", 'agent "name" { }'),
    ("every agent whose name fits, and fits no more specific block", 'agent "analyst_*" { }'),
    ("an agent that may do no more than another", 'agent "name" extends "base" { }'),
    ("what an agent may do", 'can "code_execution" with constraints { }'),
    ("what that is limited to", 'allowed_imports: ["pandas", "numpy"]'),
    ("why", 'allowed_imports: ["pandas"] because "figures are tables"'),
    ("more than the base permits", 'override allowed_imports: ["socket"] because "asks the meter"'),
    ("entries with a name, for any list", 'let data_science = ["pandas", "numpy"]'),
    ("a rule", 'rule https_alone on network_call { when port != 443 deny "Only HTTPS" }'),
    ("the phases of a conversation", "phases { EXPLORE: [DECIDE] DECIDE: [COMMIT] COMMIT: [] }"),
    ("hours of days, or a time once", 'window office { zone: "Europe/Berlin" hours: "09:00-17:00" }'),
    ("comments", "// so, # so, /* or so, over lines */"),
)
"""Every construct of the language, and an example of it."""

ACTIONS: tuple[tuple[str, str], ...] = (
    ("deny", "the operation is denied"),
    ("escalate", "somebody has to approve it"),
    ("warn", "it is permitted, and the message is told"),
    (
        "restrict",
        "the constraints behind the message hold too, or else `restricted_payment_operations` alone pass",
    ),
)
"""What a rule can do."""

OPERATORS: tuple[tuple[str, str], ...] = (
    ("`==` `!=`", "the same, or not"),
    ("`<` `<=` `>` `>=`", "less or more: numbers, amounts of one currency, times"),
    ("`in` `not in`", "one of a list or of a `let`; a time in a window"),
    ("`matches`", "a text and a pattern with `*`; a path, host or module and an entry of its lists"),
    ("`has`", "whether the operation or the context has an attribute"),
    ("`and` `or` `not`", "conditions together"),
)

_QUANTITIES = (TIME, BYTES, CPUS, PROCESSES, FILES, MONEY, PAYMENTS, PERCENT)
_INTRODUCTION = """\
# Reference of the policy language

What `execgate policy docs` prints: every word of the language. How they decide together is in
[policy.md](policy.md).
"""


_ARGUMENTS = f"""\
`{ARGUMENT}.<name>` is an argument of a tool call, and `{ARGUMENT}.<name>.<name>` a part of one. Its type is \
only known when it is asked; one that does not fit denies.
"""


def markdown() -> str:
    """Return the whole reference, the same on every machine."""
    parts = [
        _INTRODUCTION,
        _section("Forms", _table(("for", "write"), ((what, _code(text)) for what, text in FORMS))),
        _section(
            "Settings of an agent",
            _table(("setting", "says"), ((_code(name), line) for name, line in SETTINGS.items())),
        ),
        *(_capability(name, constraints) for name, constraints in CAPABILITIES.items()),
        _section("Units", _table(("of", "units"), _units())),
        _section("Rules", _table(("action", "then"), ((_code(word), then) for word, then in ACTIONS))),
        _section("Operators", _table(("operator", "asks for"), OPERATORS)),
        _attributes(),
        _section("Phases", _phases()),
        _section("Windows", _windows()),
    ]
    return "\n".join(parts)


def _capability(name: str, constraints: Mapping[str, Constraint]) -> str:
    rows = (_constraint(one) for one in constraints.values() if not one.name.startswith("disallowed_"))
    lone = (
        _constraint(one)
        for one in constraints.values()
        if one.name.startswith("disallowed_") and one.name.removeprefix("disallowed_") not in TWINS
    )
    return _section(f'can "{name}"', _table(("constraint", "takes", "says"), (*rows, *lone)))


def _constraint(constraint: Constraint) -> tuple[str, str, str]:
    noun = constraint.name.removeprefix("allowed_")
    about = ABOUT[constraint.name]
    if noun not in TWINS:
        return _code(constraint.name), _takes(constraint), f"{about.line} {_code(about.example)}"
    line, example = TWINS[noun]
    both = f"{_code(f'allowed_{noun}')}, {_code(f'disallowed_{noun}')}"
    return both, _takes(constraint), f"{line[0].upper()}{line[1:]}. {_code(example)}"


def _takes(constraint: Constraint) -> str:
    if isinstance(constraint, ListConstraint):
        parts = ["a list of these words: " + _codes(constraint.known) if constraint.known else "a list"]
        if constraint.shorthands:
            parts.append("one of " + _codes(f'"{word}"' for word in constraint.shorthands))
        return "; or ".join(parts)
    if isinstance(constraint, WordConstraint):
        words = "one of " + _codes(f'"{word}"' for word in constraint.words)
        usual = _code(f'"{constraint.default}"')
        return words if constraint.default is None else f"{words}; {usual} by default"
    if not isinstance(constraint, LimitConstraint):
        return f"{article(constraint.what)}, in quotes"
    parts = [article(constraint.quantity.what)]
    if constraint.several:
        parts.append("a list, one a currency")
    if constraint.endless:
        parts.append(_code(UNLIMITED))
    default = _default(constraint)
    return ", or ".join(parts) + (f"; {default} by default" if default else "")


def _default(constraint: LimitConstraint) -> str | None:
    """Return what holds by default, in the largest unit that counts it by whole numbers."""
    if constraint.field is None:
        return None
    held = default(constraint, Limits())
    if held is None:
        return None
    value = held
    if constraint.quantity is BYTES:
        units = ((unit, BYTES.sizes[unit]) for unit in ("gigabytes", "megabytes", "kilobytes"))
        unit, size = next((unit, size) for unit, size in units if value % size == 0)
        return _code(f"{value / size:f}_{unit if value > size else unit.removesuffix('s')}")
    return _code(constraint.show(value))


def _units() -> Iterator[tuple[str, str]]:
    for quantity in _QUANTITIES:
        yield f"{quantity.what}, {_code(quantity.example)}", _codes(quantity.units)


def _attributes() -> str:
    groups: tuple[tuple[str, Sequence[Attribute]], ...] = (
        ("Of operations", [one for one in ATTRIBUTES.values() if one.origin is Origin.FIELD]),
        ("Of spending", [one for one in ATTRIBUTES.values() if one.origin is Origin.SPENDING]),
        ("Of the context", [one for one in ATTRIBUTES.values() if one.origin is Origin.CONTEXT]),
    )
    tables = [
        f"### {title}\n\n"
        + _table(
            ("attribute", "is", "says"),
            ((_code(one.name), _kind(one), one.documentation + _of(one.operations)) for one in attributes),
        )
        for title, attributes in groups
    ]
    return _section("Attributes", "\n".join([*tables, _ARGUMENTS]))


def _kind(attribute: Attribute) -> str:
    return f"{attribute.kind.value}, or several" if attribute.many else attribute.kind.value


def _of(types: Sequence[type[Operation]]) -> str:
    return "" if len(types) == len(OPERATION_TYPES) else f" ({_codes(one.type for one in types)})"


def _phases() -> str:
    usual = " ".join(f"{name}: [{', '.join(after)}]" for name, after in phases.DEFAULT.transitions.items())
    return (
        f"A phase and those that it may lead to; {_code(phases.ALLOWED_PAYMENT_PHASE)} is the one in which "
        f"payments are made. Without the block: {_code(usual)}.\n"
    )


def _windows() -> str:
    return f"The settings are {_codes(windows.SETTINGS)}; the days {_codes(windows.DAYS)}.\n"


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _code(text: str) -> str:
    return f"`{text}`"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(map(_code, texts))
