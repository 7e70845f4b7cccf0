"""How much of the gate one run may take up by its network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """The bounds of one run's network, beside what its policy grants; times in seconds."""

    connections: int = 100
    """Open at once: as many as aiohttp and httpx open by themselves.  Those above it wait."""
    per_second: int = 250
    """New ones in a second.  Those above it wait as well."""
    destinations: int = 500
    """Attempts that differ from each other; what comes after is refused without being asked about."""
    sent_bytes: int = 256 << 20
    received_bytes: int = 1 << 30
    head_bytes: int = 32 << 10
    """Of a request or a response, up to its body."""
    headers: int = 100
    head_s: float = 10.0
    """From the first moment in which a request is waited for to the end of its head."""
    pause_s: float = 0.3
    """After which the beginning of a request is taken for what else it may be, where both are granted."""
    idle_s: float = 120.0
    """In which a connection carries nothing, either way."""
    lookup_s: float = 10.0
    lookups: int = 4
    """Names looked up at once."""
    addresses: int = 16
    """Of one name."""
    connect_s: float = 10.0
    """Until one of the addresses has answered, all together."""
