"""What clauses say of an operation, as people read it: one line each."""

from __future__ import annotations

from collections.abc import Sequence

from execgate.model.verdict import Clause, Opinion, Says
from execgate.report.escape import PLAIN, Style, cells, visible
from execgate.report.text import MAX_MESSAGE

_ROLES = {
    Says.PERMITS: "allow",
    Says.FORBIDS: "deny",
    Says.UNDECIDED: "deny",
    Says.ESCALATES: "escalate",
    Says.WARNS: "warn",
}
_MAX_ENTRY = 60


def opinion_lines(opinions: Sequence[Opinion], indent: str = "  ", style: Style = PLAIN) -> list[str]:
    """Return what each clause says, which clause it is, where it stands, and why, in columns."""
    rows = [
        (opinion, clause_name(opinion.constraint, opinion.entry, style), place(opinion.clause, style))
        for opinion in dict.fromkeys(opinions)
    ]
    first = max((len(opinion.says.value) for opinion, _, _ in rows), default=0)
    second = max((_width(name) for _, name, _ in rows), default=0)
    lines = []
    for opinion, name, where in rows:
        role = _ROLES.get(opinion.says)
        word = opinion.says.value
        painted = style.paint(word, role) if role is not None else word
        line = f"{indent}{painted}{' ' * (first - len(word))}  {name}{' ' * (second - _width(name))}  {where}"
        if opinion.why is not None:
            line += f"  {visible(opinion.why, style, limit=MAX_MESSAGE)}"
        lines.append(line)
    return lines


def clause_name(constraint: str, entry: str | None, style: Style = PLAIN) -> str:
    """Return a constraint as people read it, with the entry that is meant."""
    name = visible(constraint, style, limit=MAX_MESSAGE)
    return name if entry is None else f'{name} "{visible(entry, style, limit=_MAX_ENTRY)}"'


def place(clause: Clause, style: Style = PLAIN) -> str:
    """Return where a clause stands, counted as editors do."""
    return f"{visible(clause.file, style)}:{clause.span.line}:{clause.span.column + 1}"


def _width(text: str) -> int:
    return sum(cell.width for cell in cells(text))
