"""What a recording tells beside the product's own events: imports by statement, the environment, what is asked.

All else is read by the tables of the watch; an event that has a line nowhere is an error, so that no version of
Python can raise something new unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator

from execgate.sandbox.watching.events import FILE, Event, Sight, module, sights, variable


def _asked(event: Event) -> Iterator[Sight]:
    path = event.arguments[0]
    if isinstance(path, str) and path.startswith("/"):
        yield Sight(FILE, "stat", path, event)


RECORDED = {"guest.stat": _asked, "guest.import": module, "guest.environ": variable("read")}


def touches(event: Event) -> Iterator[Sight]:
    """Yield what one event says was touched; raises LookupError for an event that has no line."""
    return sights(event, RECORDED)
