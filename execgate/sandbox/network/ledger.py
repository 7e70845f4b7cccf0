"""What a run tried to reach, and how much it sent and received."""

from __future__ import annotations

from dataclasses import dataclass

from execgate.model.execution import Connection
from execgate.sandbox.files import escaped
from execgate.sandbox.network.caps import Caps
from execgate.sandbox.network.targets import Target

_MOST_REFUSED = 700
"""Of a line that says why something was refused, in characters: two names of hosts, and words."""


class SpentError(Exception):
    """The run has sent or received all that it may; `str()` says which."""


@dataclass(slots=True)
class Entry:
    """One line of the ledger, which attempts that are alike share."""

    target: Target | None
    scheme: str
    address: str | None
    refused: str | None
    attempts: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0


class Ledger:
    """Every attempt of one run, in order of the first of its kind, and the bytes of all together."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._entries: dict[tuple[Target | None, str, str | None, str | None], Entry] = {}
        self._above = 0
        self._sent = 0
        self._received = 0

    @property
    def is_full(self) -> bool:
        """Whether there was so much that nothing more is let through, since it could not be told."""
        return len(self._entries) >= self._caps.destinations

    def note(
        self, target: Target | None, scheme: str, *, address: str | None = None, refused: str | None = None
    ) -> Entry:
        """Record an attempt, and return the line that it stands in."""
        if refused is not None:
            refused = escaped(refused, _MOST_REFUSED)  # it may quote what the program said
        key = (target, scheme, address, refused)
        entry = self._entries.get(key)
        if entry is None:
            entry = Entry(*key)
            if self.is_full:
                self._above += 1
                return entry
            self._entries[key] = entry
        entry.attempts += 1
        return entry

    def sent(self, entry: Entry, size: int) -> None:
        """Count what the run sends, before it is sent; raises SpentError where it may send no more."""
        self._sent += size
        if self._sent > self._caps.sent_bytes:
            raise self._spent(entry, f"the run has sent its {self._caps.sent_bytes >> 20} MiB")
        entry.sent_bytes += size

    def received(self, entry: Entry, size: int) -> None:
        """Count what comes back, before the run gets it; raises SpentError where it may get no more."""
        self._received += size
        if self._received > self._caps.received_bytes:
            raise self._spent(entry, f"the run has received its {self._caps.received_bytes >> 20} MiB")
        entry.received_bytes += size

    def connections(self) -> tuple[Connection, ...]:
        """Return all that was tried."""
        told = [
            Connection(
                host="" if entry.target is None else entry.target.host,
                port=0 if entry.target is None else entry.target.port,
                scheme=entry.scheme,
                address=entry.address,
                refused=entry.refused,
                sent_bytes=entry.sent_bytes,
                received_bytes=entry.received_bytes,
                attempts=entry.attempts,
            )
            for entry in self._entries.values()
        ]
        if self._above:
            told.append(Connection("", 0, "", refused="too many different attempts", attempts=self._above))
        return tuple(told)

    @staticmethod
    def _spent(entry: Entry, why: str) -> SpentError:
        entry.refused = entry.refused or f"cut off: {why}"
        return SpentError(why)
