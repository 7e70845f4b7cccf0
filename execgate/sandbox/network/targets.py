"""Where a request wants to go, in one spelling: what can be read in two ways is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from execgate.model import addresses
from execgate.model.addresses import Address

_MOST_NAME = 253
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)", re.ASCII)


class BadTargetError(ValueError):
    """A text that names no host and port in a plain way; `str()` says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A host and a port.

    `host` is a name in lower case without a trailing dot, or an address as its standard writes it, an IPv6
    address without brackets; `address` is that address, None for a name.
    """

    host: str
    port: int
    address: Address | None = None

    def __str__(self) -> str:
        return f"{self.bracketed}:{self.port}"

    @property
    def bracketed(self) -> str:
        """The host as it stands before a port."""
        return f"[{self.host}]" if self.address is not None and self.address.version == 6 else self.host

    @property
    def is_local_name(self) -> bool:
        """Whether it is a name of this very machine, whatever a resolver says (RFC 6761)."""
        return self.host == "localhost" or self.host.endswith(".localhost")

    def at(self, address: Address) -> Target:
        """Return the same port of an address."""
        return Target(address.compressed, self.port, address)


def authority(text: str, default_port: int | None = None) -> Target:
    """Return what `host:port` names; without a default, there has to be a port.  Raises BadTargetError."""
    if "@" in text:
        raise BadTargetError("user-info is no part of a host")
    if text.startswith("["):
        inside, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise BadTargetError("the brackets of an IPv6 address are not closed")
        return _at_address(_ipv6(inside), _port(rest[1:] if rest else None, default_port))
    name, colon, port = text.partition(":")
    number = _port(port if colon else None, default_port)
    name = name.lower().removesuffix(".")
    if addresses.looks_numeric(name):
        address = addresses.ipv4(name)
        if address is None:
            raise BadTargetError("the host ends as an address does and is none")
        return _at_address(address, number)
    if len(name) > _MOST_NAME or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise BadTargetError("the host is no name of letters, digits, `-` and `_`")
    return Target(name, number)


def absolute(text: str) -> tuple[str, Target, str]:
    """Return scheme, target and path with query of a URL; raises BadTargetError.

    The port is that of HTTP where the URL has none: the caller looks at the scheme.
    """
    match = _ABSOLUTE.fullmatch(text)
    if match is None:
        raise BadTargetError(
            "a proxy is asked for a whole URL such as `http://host/path`, without a fragment"
        )
    path = match[3] if match[3].startswith("/") else "/" + match[3]
    if "\\" in path:
        raise BadTargetError("a backslash in a URL is read in two ways")
    return match[1].lower(), authority(match[2], 80), path


def _ipv6(text: str) -> Address:
    if "%" in text:
        raise BadTargetError("an address with a zone is no address of another machine")
    address = addresses.ipv6(text)
    if address is None:
        raise BadTargetError("there is no IPv6 address between the brackets")
    return address


def _at_address(address: Address, port: int) -> Target:
    return Target(address.compressed, port, address)


def _port(text: str | None, default: int | None) -> int:
    if text is None and default is not None:
        return default
    if text is None or not _PORT.fullmatch(text) or int(text) > 65535:
        raise BadTargetError("there is no port, from 1 to 65535, behind the host")
    return int(text)
