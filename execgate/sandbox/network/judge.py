"""Whether a run may reach what it asks for: the policy's word, and the address that a name leads to."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from execgate.model import addresses
from execgate.model.addresses import Address
from execgate.model.operation import NetworkCall
from execgate.model.source import Span
from execgate.sandbox.network.targets import Target
from execgate.sandbox.protocol import Permits

WEB_PORTS = frozenset({80, 443})

TLS_SCHEMES = ("https", "wss", "imaps", "pop3s", "smtps", "ldaps", "ftps", "amqps", "mqtts", "rediss")
"""What speaks TLS from the first byte."""
RAW_SCHEMES = (
    "postgresql", "postgres", "mysql", "redis", "mongodb", "amqp", "mqtt", "ssh", "sftp", "smtp", "imap",
    "pop3", "ldap", "ftp", "git", "nntp", "rtsp", "telnet",
)  # fmt: skip
"""What speaks a protocol of its own."""
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
_NOWHERE = Span(1, 0, 1, 0)
_OWN_S = 5.0
_MOST_KNOWN = 20_000
_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")


@dataclass(frozen=True, slots=True)
class Modes:
    """What may be spoken through a connection to a host and port; of HTTP each request is judged besides."""

    raw: bool
    tls: bool
    http: bool

    def __bool__(self) -> bool:
        return self.raw or self.tls or self.http

    def __and__(self, other: Modes) -> Modes:
        return Modes(self.raw and other.raw, self.tls and other.tls, self.http and other.http)


class Judge:
    """Asks a policy, and remembers its answers for as long as one run lasts."""

    def __init__(self, permits: Permits | None, *, loopback: bool = True) -> None:
        """Make a judge; None permits nothing.

        Without `loopback` no loopback address is reached: where a program listens itself, those are its own
        sandbox's, and what is meant is not the machine of the gate.
        """
        self._permits = permits
        self._loopback = loopback
        self._known: dict[tuple[str, int, str | None, str], bool] = {}

    def allows(self, target: Target, scheme: str | None, method: str) -> bool:
        """Return whether the policy permits the host, by the name or address that was asked for."""
        key = (target.host, target.port, scheme, method)
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()  # who asks for so much is asked about again
            self._known[key] = self._ask(NetworkCall(
                via="network",
                location=_NOWHERE,
                destination=target.host,
                port=target.port,
                scheme=scheme,
                method=method,
            ))  # fmt: skip
        return self._known[key]

    def _ask(self, call: NetworkCall) -> bool:
        try:
            return self._permits is not None and self._permits(call) is True
        except Exception:  # noqa: BLE001 - an error is a denial, whatever it is
            return False

    def modes(self, target: Target) -> Modes:
        """Return what may be spoken with the target, as far as that can be said before it is spoken."""
        if self.allows(target, None, "connect"):
            return Modes(raw=True, tls=True, http=True)
        raw = any(self.allows(target, scheme, "connect") for scheme in RAW_SCHEMES)
        tls = raw or any(self.allows(target, scheme, "connect") for scheme in TLS_SCHEMES)
        http = any(self.allows(target, "http", method) for method in METHODS)
        return Modes(raw, tls, http)

    def allows_every_method(self, target: Target) -> bool:
        """Return whether nothing that may be asked for over plain HTTP is refused by its method."""
        return all(self.allows(target, "http", method) for method in METHODS)

    def wrong(self, target: Target, address: Address, granted: Callable[[Target], object]) -> str | None:
        """Return why a target is not reached at an address that it is said to have, None where it is.

        `granted` says whether another target is permitted for the same purpose.
        """
        if address.is_multicast or address.is_unspecified or _never(address):
            return f"{target.host} is at {address}, which is no address of another machine"
        if address.is_loopback and not self._loopback:
            return f"{target.host} is at {address}, which is the sandbox's own for a program that listens"
        if not addresses.guarded(address) and address in own_addresses():
            return f"{target.host} is at {address}, the gate's own machine: grant and use 127.0.0.1 for that"
        if target.address is not None:
            return None if target.address == address else f"{target.host} is not {address}"
        if target.is_local_name:
            return None if address.is_loopback else f"{target.host} is not {address}"
        if addresses.guarded(address) and not granted(target.at(address)):
            return _address_refusal(target, address)
        return None


def refusal(target: Target, scheme: str | None = None) -> str:
    """Return one line: which host is not reached, and which constraint would permit it."""
    usual = target.port in WEB_PORTS if scheme is None else target.port == 80
    entry = target.bracketed if usual else str(target)
    return f'{target} is not granted; allowed_hosts: ["{entry}"] would permit it'


def _address_refusal(target: Target, address: Address) -> str:
    at = target.at(address)
    entry = at.bracketed if target.port in WEB_PORTS else str(at)
    return (
        f"{target.host} is at {address}, which is not of the open internet;"
        f' allowed_hosts: ["{entry}"] would permit it'
    )


def _machine() -> frozenset[Address]:
    import psutil

    found: set[Address] = set()
    for interface in psutil.net_if_addrs().values():
        for one in interface:
            address = parsed(one.address)
            if address is not None:
                found.add(address)
    return frozenset(found)


_own: tuple[float, frozenset[Address]] | None = None


def own_addresses() -> frozenset[Address]:
    """Return the addresses of this machine's interfaces, as they were some seconds ago at most."""
    global _own  # noqa: PLW0603 - one machine
    if _own is None or time.monotonic() - _own[0] > _OWN_S:
        _own = (time.monotonic(), _machine())
    return _own[1]


def _never(address: Address) -> bool:
    """Return whether an address has a zone, or is of what was kept for a future that did not come."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_reserved or address in _THIS_NETWORK
    return address.scope_id is not None


def parsed(text: Any) -> Address | None:
    """Return what a resolver or an interface calls an address, None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
