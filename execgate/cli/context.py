"""What is known around a call, from the command line: who, when, in which phase, what was spent before."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from execgate.cli.inputs import read_file
from execgate.cli.parser import Parser, UsageError, unknown
from execgate.errors import InputError
from execgate.model.context import SCOPES, Context

OPTIONS = ("suggester", "group", "phase", "time")
"""The fields that have an option of their own."""

_TEXTS = (*OPTIONS, "customer", "cost")
_COUNTS = ("turn", "spend_velocity")
_FIELDS = (*_TEXTS, *_COUNTS, "budget_ratio")
_SPENT = "spent"
_KEYS = (*_FIELDS, *(f"{_SPENT}.{scope}" for scope in SCOPES), *(f"payments.{scope}" for scope in SCOPES))
_MOST_BYTES = 1 << 20

_PAIR = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)=(.*)", re.DOTALL)

_HELP = {
    "time": "pass the time with its zone, as in `--time 2026-03-01T09:00:00+01:00`",
    "cost": 'pass the amount with its currency, as in `--context "cost=0.45 USD"`',
    "turn": "pass a whole number from 0, as in `--context turn=3`",
    "spend_velocity": "pass a whole number from 0, as in `--context spend_velocity=2`",
    "budget_ratio": "pass a share such as `0.75` or `75%`",
    _SPENT: 'pass amounts with their currency, as in `--context "spent.session=9.50 USD, 1.00 EUR"`',
    "payments": "pass a whole number from 0, as in `--context payments.day=12`",
}


def add_context(parser: Parser) -> None:
    """Add `--suggester`, `--group`, `--phase`, `--time` and `--context`."""
    parser.add_argument("--suggester", metavar="NAME", help="the agent whose message held the code")
    parser.add_argument("--group", metavar="NAME", help="the group chat that it is in")
    parser.add_argument("--phase", metavar="PHASE", help="the phase that the work is in, such as COMMIT")
    parser.add_argument("--time", metavar="TIME", help="when it is decided, with a zone (default: now)")
    parser.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="FILE|KEY=VALUE",
        help='more that is known: a JSON file, or one field, such as "spent.session=9.50 USD"; '
        "may be repeated",
    )


def context_of(options: argparse.Namespace, *, now: Callable[[], datetime] | None = None) -> Context:
    """Return the context that the options of `add_context` tell; the time is `now` where none is given.

    What is given as an option or as KEY=VALUE goes before what stands in a file.  Raises UsageError for what
    makes no sense on a command line, InputError for a file that can't be used.
    """
    document: dict[str, Any] = {}
    given: dict[str, str] = {}
    for item in options.context:
        pair = _PAIR.fullmatch(item)
        if pair is None:
            _lay(document, _file(item))
            continue
        key, value = pair.groups()
        if key not in _KEYS:
            raise unknown("field of a context", key, _KEYS)
        _note(given, key, value, f"--context {key}=")
    for name in OPTIONS:
        value = getattr(options, name)
        if value is not None:
            _note(given, name, value, f"--{name}")
    for key, value in given.items():
        _set(document, key, value)
    try:
        context = Context.from_json(document)
        if context.time is not None:
            return context
        moment = datetime.now(timezone.utc) if now is None else now()
        return Context.from_json({**document, "time": moment.isoformat()})
    except ValueError as error:
        raise _mistake(str(error)) from error


def says_something(options: argparse.Namespace) -> bool:
    """Return whether any option of `add_context` is given."""
    return bool(options.context) or any(getattr(options, name) is not None for name in OPTIONS)


def _note(given: dict[str, str], key: str, value: str, option: str) -> None:
    if key in given:
        raise UsageError(f"`{key}` is given twice", help=f"leave one of them out, such as `{option}`")
    given[key] = value


def _set(document: dict[str, Any], key: str, value: str) -> None:
    """Put one field into the JSON form of a context; raises UsageError for a number that is none."""
    kind, _, scope = key.partition(".")
    if scope:
        spent = document.setdefault(_SPENT, {})
        tally = spent.get(scope, {})
        tally = dict(tally) if isinstance(tally, Mapping) else {"amounts": _amounts(tally)}
        if kind == _SPENT:
            tally["amounts"] = [amount.strip() for amount in value.split(",")]
        else:
            tally["payments"] = _count(key, value)
        spent[scope] = tally
    elif key in _COUNTS:
        document[key] = _count(key, value)
    elif key == "budget_ratio":
        document[key] = _ratio(value)
    else:
        document[key] = value


def _amounts(tally: object) -> object:
    return [tally] if isinstance(tally, str) else tally


def _count(key: str, value: str) -> int:
    if not re.fullmatch("[0-9]{1,15}", value, re.ASCII):
        raise UsageError(
            f"{key}: expected a whole number, got `{value[:40]}`", help=_HELP[key.partition(".")[0]]
        )
    return int(value)


def _ratio(value: str) -> str:
    """Return a share as a fraction: `75%` is `0.75`."""
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?%", value, re.ASCII):
        return f"{Decimal(value[:-1]).scaleb(-2):f}"
    return value


def _file(path: str) -> dict[str, Any]:
    """Return the fields that a JSON file holds, numbers with a point as they are written."""
    try:
        data, size = read_file(path, _MOST_BYTES + 1)
    except InputError as error:
        advice = "name a JSON file, or give a field as KEY=VALUE"
        raise InputError(f"{path}: {error.message}", help=advice) from error
    if size > _MOST_BYTES or len(data) > _MOST_BYTES:
        raise InputError(f"{path}: too large for a context: at most {_MOST_BYTES:,} bytes are read")
    try:
        document = json_object(data.decode("utf-8-sig"), parse_float=str)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8", help="save the file as UTF-8") from error
    except ValueError as error:
        raise InputError(
            f"{path}: {error}", help='write an object with fields, as in {"phase": "COMMIT"}'
        ) from error
    try:
        Context.from_json(document)
    except ValueError as error:
        found = _mistake(str(error))
        raise InputError(f"{path}: {found.message}", help=found.help) from error
    return document


def json_object(text: str, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Return the fields of one JSON object, each given once; raises ValueError that says what it is."""
    try:
        document = json.loads(
            text, parse_float=parse_float, parse_constant=_no_number, object_pairs_hook=_once
        )
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ValueError(f"not JSON: {why}") from error
    if not isinstance(document, dict):
        raise ValueError(f"expected an object, got {_kind(document)}")  # noqa: TRY004 - one error for all
    return document


def _lay(document: dict[str, Any], over: Mapping[str, Any]) -> None:
    """Lay the fields of a further file over those that there are; each scope of spending by itself."""
    for name, value in over.items():
        if name == _SPENT and isinstance(document.get(_SPENT), dict):
            document[_SPENT].update(value)
        else:
            document[name] = value


def _kind(value: object) -> str:
    kinds: dict[type, str] = {
        list: "a list",
        str: "a text or a number",
        int: "a number",
        bool: "a truth value",
    }
    return kinds.get(type(value), "nothing")


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{twice[:40]}` is given twice")
    return fields


def _mistake(message: str) -> UsageError:
    """Return the error for a field that `Context` refuses, which its message starts with."""
    field = re.split(r"\W", message, maxsplit=1)[0]
    advice = _HELP.get(field, "the fields are " + ", ".join(f"`{key}`" for key in (*_FIELDS, _SPENT)))
    return UsageError(message, help=_HELP["time"] if message.startswith("a time") else advice)
