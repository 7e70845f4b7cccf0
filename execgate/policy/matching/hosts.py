"""Hosts: what an entry covers, and which host a text of the code names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from execgate.model import addresses
from execgate.model.values import Template
from execgate.policy.matching.pairs import BadEntryError, Shape, UnresolvableError
from execgate.policy.matching.patterns import ANY_SEGMENT, DEEP, EVERYTHING, Pattern, contains, meets, split
from execgate.policy.problems import clipped, visible

DEFAULT_PORTS = {
    "amqp": 5672,
    "amqps": 5671,
    "ftp": 21,
    "ftps": 990,
    "git": 9418,
    "gopher": 70,
    "http": 80,
    "https": 443,
    "imap": 143,
    "imaps": 993,
    "ldap": 389,
    "ldaps": 636,
    "mongodb": 27017,
    "mqtt": 1883,
    "mqtts": 8883,
    "mysql": 3306,
    "nntp": 119,
    "ntp": 123,
    "pop3": 110,
    "pop3s": 995,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
    "rediss": 6379,
    "rtsp": 554,
    "sftp": 22,
    "smb": 445,
    "smtp": 25,
    "smtps": 465,
    "ssh": 22,
    "telnet": 23,
    "ws": 80,
    "wss": 443,
    "xmlrpc": 80,
}
"""The port of each scheme, as its registration or its usual clients have it."""

WEB_PORTS = frozenset({80, 443})
"""The ports that an entry without port covers where the code names a port and no scheme."""

ANY_PORT = "*"

# Names that lead to this machine, its network or its cloud's metadata, whatever the resolver says.
GUARDED_SUFFIXES = (
    "localhost",
    "localdomain",
    "localhost6",
    "localdomain6",
    "local",
    "internal",
    "home.arpa",
    "metadata.goog",
)
_GUARDED_ENDS = tuple(f".{suffix}" for suffix in GUARDED_SUFFIXES)
# Names that no wildcard covers, not even one that names their domain.
METADATA: tuple[Pattern, ...] = (
    ("internal", "google", "metadata"),
    ("internal", "ec2", "instance-data"),
    ("goog", "metadata"),
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# A name in the one spelling that names are compared in, and no address: its last label starts with a letter.
_PLAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MOST_NAME = 253
_DEVIATIONS = frozenset("\u00df\u03c2\u200c\u200d")
_DOTS = re.compile("[\u3002\uff0e\uff61]")


@dataclass(frozen=True, slots=True)
class HostShape(Shape):
    """A host entry: its labels from the right, and the scheme and port that it asks for, None where any."""

    scheme: str | None
    port: int | str | None

    def names(self, host: Host) -> bool:
        """Return whether it covers a host that is not of the open internet, whose domain it has to name."""
        if DEEP not in self.pattern:
            return True
        domain = [label for label in self.pattern if isinstance(label, str)]
        if not _is_guarded(".".join(reversed(domain))):
            return False
        return not any(meets(host.pattern, metadata) for metadata in METADATA)

    def within(self, other: Shape, *, if_too_hard: bool = False) -> bool:
        """Return whether `other` covers all that this one does; no scheme is every one, and so is no port."""
        if isinstance(other, HostShape) and (
            other.scheme not in {None, self.scheme} or other.port not in {None, ANY_PORT, self.port}
        ):
            return False
        return contains(other.scope, self.scope, if_too_hard=if_too_hard)


@dataclass(frozen=True, slots=True)
class Host:
    """A host of the code: its labels from the right, as a pattern where a part is free."""

    pattern: Pattern
    text: str
    guarded: bool
    """Whether only an entry that names it may cover it: it is, or can be, no host of the open internet."""


def entry(text: str, _denies: bool = False) -> tuple[HostShape, ...]:  # noqa: FBT001, FBT002 - the reader's flag
    """Return what an entry of a host list covers; raises BadEntryError where it is none."""
    if len(text) <= _MOST_NAME and _PLAIN.fullmatch(text):
        labels = tuple(text.split(".")[::-1])
        return (HostShape(text, labels, labels, None, None),)
    scheme, separator, rest = text.rpartition("://")
    if separator and not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*", scheme):
        raise BadEntryError(f"`{clipped(scheme)}` is no scheme", 'write it as in "https://api.example.com"')
    if "@" in rest:
        raise BadEntryError("user-info is no part of a host", f'write "{clipped(rest.rpartition("@")[2])}"')
    slip = None if separator else re.match(r"(https?|wss?|ftp):?/+([^/?#]+)", rest, re.IGNORECASE)
    if slip:
        meant = f"{slip[1]}://{slip[2]}"
        raise BadEntryError("`://` stands between scheme and host", f'did you mean "{clipped(meant)}"?')
    for char in "/?#":
        if char in rest:
            host = clipped(text[: len(text) - len(rest)] + rest.partition(char)[0])
            raise BadEntryError(f"a host has no path: `{char}`", f'write "{host}"' if host else None)
    name, port = _split_port(rest)
    schemes = scheme.lower() if separator else None
    if name == "*":
        pattern, shown = EVERYTHING, "*"
    else:
        pattern, shown = _labels(name)
    whole = f"{schemes}://{shown}" if schemes else shown
    if port is not None:
        whole += f":{port}"
    return (HostShape(whole, pattern, pattern, schemes, port),)


def _split_port(text: str) -> tuple[str, int | str | None]:
    bracketed = re.fullmatch(r"(\[[^\]]*\])(?::(.*))?", text, re.DOTALL)
    if bracketed:
        name, port = bracketed[1], bracketed[2]
    elif text.count(":") == 1:
        name, _, port = text.partition(":")
    else:
        return text, None
    if port is None or port == ANY_PORT:
        return name, port
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise BadEntryError(f"`{clipped(port)}` is no port", "a port is a number from 1 to 65535, or `*`")
    return name, int(port)


def _labels(name: str) -> tuple[Pattern, str]:
    wild = name.startswith("*.")
    rest = name[2:] if wild else name
    if "*" in rest:
        raise BadEntryError(
            f"`{clipped(name)}` is no host pattern", "the wildcards are `*` alone, and `*.` before a domain"
        )
    try:
        host = parse(rest)
    except UnresolvableError as error:
        raise BadEntryError(
            str(error), 'write a host such as "api.example.com" or "*.example.com"'
        ) from error
    if not wild:
        return host.pattern, host.text
    if addresses.looks_numeric(host.text) or host.text.startswith("["):
        raise BadEntryError(f"`{clipped(name)}`: an address has no subdomains", "name each address")
    return (*host.pattern, ANY_SEGMENT, DEEP), f"*.{host.text}"


def parse(text: str) -> Host:
    """Return the host that `text` names, in one spelling; raises UnresolvableError where it names none.

    Names are compared as DNS does: lower case, without a trailing dot, in the ASCII form of IDNA.
    """
    if len(text) <= _MOST_NAME and _PLAIN.fullmatch(text):
        labels = text.split(".")
        return Host(tuple(labels[::-1]), text, len(labels) == 1 or _is_guarded(text))
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    if ":" in text:
        address = addresses.ipv6(text)
        if address is None:
            raise UnresolvableError(f"`{clipped(text)}` is no host name or address")
        return _numeric(address)
    name = _ascii(text)
    name = name.removesuffix(".")
    if addresses.looks_numeric(name):
        number = addresses.ipv4(name)
        if number is None:
            raise UnresolvableError(f"`{clipped(text)}` is no host name or address")
        return _numeric(number)
    labels = name.split(".")
    if len(name) > _MOST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnresolvableError(f"`{clipped(text)}` is no host name or address")
    pattern = tuple(reversed(labels))
    return Host(pattern, name, len(labels) == 1 or _is_guarded(name))


def template(value: Template) -> Host:
    """Return the hosts that a partly known text can name: what is fixed is the domain at its end.

    Raises UnresolvableError where the free part reaches into the last label.
    """
    segments = split(value, ".")
    free = max(index for index, segment in enumerate(segments) if not isinstance(segment, str))
    fixed = [str(segment) for segment in segments[free + 1 :]]
    shown = visible(str(value))
    if not any(fixed):
        raise UnresolvableError(
            f"`{clipped(shown)}`: the free part is behind the host's name, or is all of it"
        )
    domain = ".".join(fixed)
    host = parse(domain)
    if addresses.looks_numeric(host.text) or host.text.startswith("["):
        raise UnresolvableError(f"`{clipped(shown)}` is no host name or address")
    return Host((*host.pattern, ANY_SEGMENT, DEEP), f"*.{host.text}", _is_guarded(host.text))


def _numeric(address: addresses.Address) -> Host:
    text = f"[{address.compressed}]" if address.version == 6 else str(address)
    return Host((text,), text, addresses.guarded(address))


def _is_guarded(name: str) -> bool:
    return name in GUARDED_SUFFIXES or name.endswith(_GUARDED_ENDS)


def _ascii(text: str) -> str:
    """Return the name in lower-case ASCII.

    What IDNA 2003 and 2008 read differently, and what their tables do not know, is refused: a client may take
    either for another host.
    """
    if text.isascii():
        return text.lower()
    old = unicodedata.ucd_3_2_0
    if _DEVIATIONS & set(text) or any(old.category(char) == "Cn" for char in text):
        raise UnresolvableError(f"`{clipped(text)}` is read as different hosts; write it in its xn-- form")
    try:
        labels = [
            label.encode("idna").decode("ascii") if label else label
            for label in _DOTS.sub(".", text).split(".")
        ]
    except UnicodeError as error:
        raise UnresolvableError(f"`{clipped(text)}` is no host name") from error
    return ".".join(labels).lower()
