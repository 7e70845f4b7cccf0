"""Windows of time: hours of some days, or from one moment until another, in one zone.

Both are half-open: a window holds from its first moment on, and no longer at its last.

Hours are those that a clock on the wall of the zone shows.  Where the clock is turned back, what it shows
twice is in the window twice; where it is turned forward, what it never shows is in none, and a window that
would begin then begins with the first moment after.  A moment of `from` and `until` has to be one: what the
clock never shows is a mistake, and what it shows twice needs its offset (`2026-10-25T02:30+02:00`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from execgate.model.verdict import Clause
from execgate.policy.conditions import zones
from execgate.policy.language.syntax import Constraint, Scalar
from execgate.policy.language.syntax import Window as Tree
from execgate.policy.problems import Problems, clipped, quoted, suggestion

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SETTINGS = ("zone", "days", "hours", "from", "until")

Sets = Mapping[str, tuple[Scalar, ...]]
"""The sets that a policy's `let`s name, each with its entries: sets in them are resolved."""

_DAY_S = 24 * 60 * 60
_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})\s*-\s*([0-9]{2}):([0-9]{2})", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
_HOURS_HELP = 'as in "09:00-17:00", or "22:00-06:00" for a night'
_MOMENT_HELP = 'as in "2026-12-24T22:00"'


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day, in seconds since midnight; where the end comes first, it is one of the next day."""

    start_s: int
    end_s: int

    def __str__(self) -> str:
        return f"{_clock(self.start_s)}-{_clock(self.end_s)}"


@dataclass(frozen=True, slots=True)
class Recurring:
    """Hours of days of the week, 0 for Monday; hours over midnight belong to the day that they start on."""

    zone: ZoneInfo
    days: frozenset[int]
    hours: tuple[Hours, ...]

    def holds(self, time: datetime) -> bool:
        """Return whether an instant is in the window."""
        local = time.astimezone(self.zone)
        today = local.weekday()
        clock = local.hour * 3600 + local.minute * 60 + local.second
        for hours in self.hours:
            if hours.start_s < hours.end_s:
                if today in self.days and hours.start_s <= clock < hours.end_s:
                    return True
            elif (today in self.days and clock >= hours.start_s) or (
                (today - 1) % 7 in self.days and clock < hours.end_s
            ):
                return True
        return False

    def settings(self) -> dict[str, str]:
        """Return the settings in canonical form."""
        return {
            "days": _list([DAYS[day] for day in sorted(self.days)]),
            "hours": _list([str(hours) for hours in self.hours]),
            "zone": quoted(self.zone.key),
        }


@dataclass(frozen=True, slots=True)
class Once:
    """From one moment until another; both are moments of the zone."""

    zone: ZoneInfo
    start: datetime
    end: datetime

    def holds(self, time: datetime) -> bool:
        """Return whether an instant is in the window."""
        return self.start <= time < self.end

    def settings(self) -> dict[str, str]:
        """Return the settings in canonical form, each moment with its offset."""
        return {
            "from": quoted(self.start.astimezone(self.zone).isoformat()),
            "until": quoted(self.end.astimezone(self.zone).isoformat()),
            "zone": quoted(self.zone.key),
        }


@dataclass(frozen=True, slots=True)
class Window:
    """`window name { ... }`, ready to be asked."""

    name: str
    span: Recurring | Once
    clause: Clause

    def holds(self, time: datetime) -> bool:
        """Return whether an instant is in the window; `time` has a zone, whichever."""
        return self.span.holds(time)

    @property
    def canonical(self) -> str:
        """The window in the one spelling that is hashed."""
        lines = (f"  {name}: {value}" for name, value in self.span.settings().items())
        return "\n".join([f"window {self.name} {{", *lines, "}", ""])


def read(tree: Tree, sets: Sets, problems: Problems) -> Window | None:
    """Return the window that a block describes; None where it describes none, which is a problem then."""
    before = len(problems.found)
    given: dict[str, Constraint] = {}
    for setting in tree.settings:
        if setting.name not in SETTINGS:
            problems.at(
                setting.clause,
                f"unknown setting `{clipped(setting.name)}` of a window",
                suggestion(setting.name, SETTINGS, what="there are"),
            )
        elif setting.name in given:
            problems.at(setting.clause, f"setting `{setting.name}` a second time", "join the two")
        elif setting.override is not None or setting.reason is not None:
            problems.at(setting.clause, "a window is not inherited: it takes no `override` and no reason")
        else:
            given[setting.name] = setting
    zone = _zone(tree, given.get("zone"), problems)
    once: dict[str, Constraint] = {name: given[name] for name in ("from", "until") if name in given}
    span: Recurring | Once | None
    if once and ("days" in given or "hours" in given):
        problems.at(
            tree.clause,
            "a window has either days and hours, or `from` and `until`",
            "write two windows, and `time in one and time in other`",
        )
        return None
    span = _once(tree, once, zone, problems) if once else _recurring(tree, given, sets, zone, problems)
    return Window(tree.name.text, span, tree.clause) if span and len(problems.found) == before else None


def _zone(tree: Tree, setting: Constraint | None, problems: Problems) -> ZoneInfo | None:
    if setting is None:
        problems.at(
            tree.clause, "a window needs its zone", 'add `zone: "Europe/Berlin"`, or another of IANA\'s'
        )
        return None
    text = _text(setting, 'a zone, such as "Europe/Berlin"', problems)
    if text is None:
        return None
    if text.text in zones.names():
        return zones.zone(text.text)
    close = zones.likely(text.text[:100])
    help_ = f'did you mean "{close}"?' if close else 'a zone of IANA\'s, such as "Europe/Berlin" or "UTC"'
    problems.at(text.clause, f"unknown zone {clipped(quoted(text.text))}", help_)
    return None


def _recurring(
    tree: Tree, given: Mapping[str, Constraint], sets: Sets, zone: ZoneInfo | None, problems: Problems
) -> Recurring | None:
    if "days" not in given and "hours" not in given:
        problems.at(
            tree.clause,
            "a window needs its days or hours, or `from` and `until`",
            f"{_HOURS_HELP}: `hours: ...`",
        )
        return None
    days = _days(given["days"], sets, problems) if "days" in given else frozenset(range(7))
    hours: tuple[Hours, ...] = (Hours(0, _DAY_S),)
    if "hours" in given:
        read = (_hours(item, problems) for item in _items(given["hours"], sets, problems))
        hours = tuple(sorted({one for one in read if one}, key=lambda one: (one.start_s, one.end_s)))
    return Recurring(zone, days, hours) if zone is not None else None


def _days(setting: Constraint, sets: Sets, problems: Problems) -> frozenset[int]:
    found: set[int] = set()
    for item in _items(setting, sets, problems):
        if item.text not in DAYS:
            problems.at(
                item.clause,
                f"unknown day {clipped(quoted(item.text))}",
                suggestion(item.text, DAYS, what="there are", quoted=True),
            )
        else:
            found.add(DAYS.index(item.text))
    return frozenset(found)


def _hours(item: Scalar, problems: Problems) -> Hours | None:
    match = _HOURS.fullmatch(item.text.strip())
    parts = [int(part) for part in match.groups()] if match else []
    if not parts or parts[1] > 59 or parts[3] > 59 or parts[0] > 23 or (parts[2], parts[3]) > (24, 0):
        problems.at(item.clause, f"no hours of a day: {clipped(quoted(item.text))}", _HOURS_HELP)
        return None
    start, end = parts[0] * 3600 + parts[1] * 60, parts[2] * 3600 + parts[3] * 60
    if start == end:
        problems.at(
            item.clause,
            f"hours that end when they start: {clipped(quoted(item.text))}",
            'a whole day is "00:00-24:00"',
        )
        return None
    if end == 0:
        end = _DAY_S
    return Hours(start, end)


def _once(
    tree: Tree, given: Mapping[str, Constraint], zone: ZoneInfo | None, problems: Problems
) -> Once | None:
    if len(given) < 2:
        missing = "until" if "from" in given else "from"
        problems.at(tree.clause, f"a window needs `{missing}` too", f"{_MOMENT_HELP}: `{missing}: ...`")
        return None
    texts = [_text(given[name], f"a moment, {_MOMENT_HELP}", problems) for name in ("from", "until")]
    if zone is None or None in texts:
        return None
    start, end = (_moment(text, zone, problems) for text in texts if text is not None)
    if start is None or end is None:
        return None
    if end <= start:
        problems.at(given["until"].value.clause, "a window that ends before it begins", "swap the two")
    return Once(zone, start, end)


def _moment(text: Scalar, zone: ZoneInfo, problems: Problems) -> datetime | None:
    """Return the instant that a local time stands for; none, or two, is a problem."""
    shown = clipped(quoted(text.text))
    given = _date_and_time(text.text)
    if given is None:
        problems.at(text.clause, f"no moment: {shown}", _MOMENT_HELP)
        return None
    wall = given.replace(tzinfo=None)
    instants = _instants(wall, zone)
    offsets = {instant: instant.astimezone(zone).utcoffset() for instant in instants}
    if not instants:
        problems.at(
            text.clause,
            f"a moment that there is not: the clocks of {zone.key} are turned forward over {shown}",
            "write the moment before or after",
        )
        return None
    if given.tzinfo is not None:
        for instant, offset in offsets.items():
            if offset == given.utcoffset():
                return instant
        problems.at(
            text.clause,
            f"{shown} has not the offset of {zone.key}",
            f'did you mean "{wall.isoformat()}{_offset(next(iter(offsets.values())))}"?',
        )
        return None
    if len(instants) > 1:
        first, second = (f'"{wall.isoformat()}{_offset(offset)}"' for offset in offsets.values())
        problems.at(
            text.clause,
            f"two moments: the clocks of {zone.key} are turned back, and show {shown} twice",
            f"write {first} for the first, {second} for the second",
        )
        return None
    return instants[0]


def _date_and_time(text: str) -> datetime | None:
    """Return what a text says, with an offset where it has one; the first and last year are left out."""
    if not _MOMENT.fullmatch(text) or text[:4] in {"0000", "0001", "9999"}:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def _instants(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return every instant, in UTC, at which the clocks of a zone show `wall`."""
    found = []
    for fold in (0, 1):
        instant = wall.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)
        if instant.astimezone(zone).replace(tzinfo=None) == wall and instant not in found:
            found.append(instant)
    return found


def _items(setting: Constraint, sets: Sets, problems: Problems) -> list[Scalar]:
    """Return the texts of a setting that takes one or a list of them; a bare word is a set."""
    value = setting.value
    items = [value] if isinstance(value, Scalar) else list(value.items)
    found: list[Scalar] = []
    for item in items:
        parts = sets.get(item.text) if item.kind == "NAME" else (item,)
        if parts is None:
            problems.at(
                item.clause,
                f"unknown set `{clipped(item.text)}`",
                suggestion(item.text, list(sets), what="there are")
                if sets
                else f'write "{clipped(item.text)}"',
            )
        elif any(part.kind != "STRING" for part in parts):
            problems.at(item.clause, f"`{setting.name}` takes texts in quotes", f"write {quoted(item.text)}")
        else:
            found += parts
    if not items:
        problems.at(value.clause, f"`{setting.name}` is empty: the window would never hold", "remove it")
    return found


def _text(setting: Constraint, what: str, problems: Problems) -> Scalar | None:
    value = setting.value
    if isinstance(value, Scalar) and value.kind == "STRING":
        return value
    problems.at(value.clause, f"`{setting.name}` takes {what}, in quotes")
    return None


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _offset(offset: timedelta | None) -> str:
    """Return an offset as ISO 8601 has it."""
    return datetime(2000, 1, 1, tzinfo=timezone(offset or timedelta())).isoformat()[19:]


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(map(quoted, texts)) + "]"
