"""Dates: what they look like as texts, and what their methods give."""

from __future__ import annotations

from collections.abc import Sequence

from execgate.analysis import texts
from execgate.analysis.values import NUM, Args, Const, Obj, Part, Str, Value, alternatives, union
from execgate.model.values import Hole

_ANY_TEXT = Str((Hole.ANY,))
_NUMBER = Str((Hole.NUMBER,))

MADE = {
    "datetime.datetime.now": "datetime.datetime",
    "datetime.datetime.utcnow": "datetime.datetime",
    "datetime.datetime.today": "datetime.datetime",
    "datetime.datetime.fromtimestamp": "datetime.datetime",
    "datetime.datetime": "datetime.datetime",
    "datetime.datetime.strptime": "datetime.datetime",
    "datetime.date.today": "datetime.date",
    "datetime.date": "datetime.date",
}
"""What makes a date, and of which type."""


def layout(value: Value) -> Value:
    """Return the text that a date gives in a layout."""
    return union(
        texts.dated(alternative.value)
        if isinstance(alternative, Const) and isinstance(alternative.value, str)
        else _ANY_TEXT
        for alternative in alternatives(value)
    )


def date_method(receiver: Obj, name: str, args: Args) -> Value | None:
    """Return what a method of a date gives, None where it is nothing that has a form."""
    if receiver.type not in texts.DATE_TYPES:
        return None
    if name == "strftime" and args.positional:
        return layout(args.positional[0])
    if name in {"isoformat", "__str__"}:
        if receiver.type == "datetime.date":
            return _NUMBER
        parts: Sequence[Part] = (Hole.NUMBER, "T", Hole.NUMBER, ":", Hole.NUMBER, ":", Hole.NUMBER)
        return Str(tuple(parts))
    if name in {"timestamp", "toordinal", "weekday", "isoweekday"}:
        return NUM
    if name in {"replace", "astimezone", "date", "time", "now"}:
        return Obj("datetime.date" if name == "date" else receiver.type)
    return None
