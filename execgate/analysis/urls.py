"""Where a URL leads: its host, by the rules on which the clients of the field agree.

requests, urllib3, httpx, urllib and curl read the odd URL in different ways: what one of them takes for
user-info is the host of another.  So a host is only named where the URL is written in the plain way that
leaves no choice (RFC 3986, with a host of letters, digits, `-` and `_`); else it is Unknown, with why.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote

from execgate.analysis.holes import ANY, NUMBER, WORD, flatten, has_hole, restore
from execgate.model.values import Text, Unknown

DEFAULT_PORTS = MappingProxyType(
    {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21, "ftps": 990},
)
"""The schemes whose hosts are named, each with the port that is meant where a URL has none."""

_HOLE = NUMBER + WORD
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_AUTHORITY_END = re.compile(r"[/?#]")
_USER_INFO = re.compile(rf"[A-Za-z0-9._~!$&'()*+,;=:%{_HOLE}-]*", re.ASCII)
_LABEL = re.compile(rf"[A-Za-z0-9_{_HOLE}](?:[A-Za-z0-9_{_HOLE}-]{{0,61}}[A-Za-z0-9_{_HOLE}])?", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_PLAIN_FOUR = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}", re.ASCII)
_NUMERIC_LABEL = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*", re.ASCII)
_ODD_PATH = re.compile(
    r"""
    [\\\x00-\x20\x7f]               # a backslash can become a slash; some clients drop tabs and line ends
    | (?:^|/)\.\.?(?:/|$) | //      # dot segments, and empty ones, are removed by some
    | %(?:2[dDeE]|3\d|[46][1-9a-fA-F]|[57][\daA]|5[fF]|7[eE])  # what needs no escape, in disguise
    | %2[fF] | %5[cC]               # a slash or backslash in disguise
    """,
    re.ASCII | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class UrlParts:
    """What is known of a URL before it is opened.

    `host` is in lower case, without user-info, brackets and trailing dot; None where the URL names none
    because none is contacted (`file:`, `data:`).  `port` is None where the URL has none.  `path` starts with
    `/` and ends before the query; of a `file:` URL it is the path that is opened.
    """

    scheme: Text | None
    host: Text | None
    port: int | Unknown | None
    path: Text

    @property
    def effective_port(self) -> int | Unknown | None:
        """The port that is contacted: the URL's own, else the default of its scheme."""
        if self.port is None and isinstance(self.scheme, str):
            return DEFAULT_PORTS.get(self.scheme)
        return self.port


class _Authority(NamedTuple):
    host: Text
    port: int | Unknown | None


def split(url: Text) -> UrlParts:
    """Return the parts of `url`; what could be read in more than one way is Unknown, with why."""
    if isinstance(url, Unknown):
        return _unknown(url.why, scheme=url)
    flat = flatten(url)
    if flat is None:
        return _unknown("the URL holds a character that is none")
    match = _SCHEME.match(flat)
    if match is None:
        return _without_scheme(flat)
    scheme = match[1].lower()
    rest = flat[match.end() :]
    if scheme == "data":
        return UrlParts("data", None, None, Unknown("a data URL has no path"))
    if scheme == "file":
        return _local(rest)
    if scheme not in DEFAULT_PORTS:
        return _unknown(f"where a URL with scheme `{scheme[:40]}` leads is not known", scheme=scheme)
    if not rest.startswith("//"):
        return _unknown(f"`{scheme}:` is not followed by `//`, which some clients repair", scheme=scheme)
    end = _AUTHORITY_END.search(flat, match.end() + 2)
    stop = end.start() if end else len(flat)
    host, port = _authority(flat[match.end() + 2 : stop])
    rest = flat[stop:]
    if rest.startswith("#") and re.search(rf"[@\\{ANY}]", rest):
        return _unknown(
            "`#` behind the host, and `@` behind that: clients differ on what the host is", scheme=scheme
        )
    return UrlParts(scheme, host, port, _path(rest))


def _unknown(why: str, scheme: Text | None = None, path: Text | None = None) -> UrlParts:
    return UrlParts(scheme, Unknown(why), Unknown(why), Unknown(why) if path is None else path)


def _without_scheme(flat: str) -> UrlParts:
    """Return what is known where a base URL is missing: at most the path."""
    if has_hole(re.split(r"[:/?#]", flat, maxsplit=1)[0]):
        why = "how the URL begins is only known when it runs"
        return _unknown(why, scheme=Unknown(why))
    if flat.startswith("/") and not flat.startswith("//"):
        return _unknown("the URL has no host", path=_path(flat))
    return _unknown("the URL has no scheme")


def _authority(authority: str) -> _Authority:
    """Return host and port of what stands between `//` and the path."""
    if ANY in authority:
        return _refused("a part of the URL that can be anything stands before the end of the host")
    user_info, at, host_port = authority.rpartition("@")
    if at and not _USER_INFO.fullmatch(user_info):
        return _refused("the user-info is not written plainly: clients differ on what the host is")
    if host_port.startswith("["):
        bracketed, bracket, port_text = host_port.partition("]")
        host = _ipv6(bracketed[1:]) if bracket else Unknown("the bracket of an IPv6 address is not closed")
        name_end = ":" if port_text else ""
        if port_text and not port_text.startswith(":"):
            return _refused("there is more behind the bracket of the IPv6 address than a port")
        port_text = port_text[1:]
    else:
        name, name_end, port_text = host_port.partition(":")
        host = _name(name)
    if isinstance(host, Unknown):
        return _refused(host.why)
    if not name_end:
        return _Authority(host, None)
    if (
        port_text
        and all(character in "0123456789" + _HOLE for character in port_text)
        and has_hole(port_text)
    ):
        return _Authority(host, Unknown("the port is only known when it runs"))
    if not _PORT.fullmatch(port_text) or int(port_text) > 65535:
        return _refused("the port is no plain number from 1 to 65535")
    return _Authority(host, int(port_text))


def _refused(why: str) -> _Authority:
    return _Authority(Unknown(why), Unknown(why))


def _name(name: str) -> Text:
    """Return a host name or IPv4 address in lower case, without the trailing dot."""
    if not name:
        return Unknown("the URL has no host")
    if _PLAIN_FOUR.fullmatch(name):
        if all(int(byte) <= 255 for byte in name.split(".")):
            return name
        return Unknown("the host looks like an IPv4 address and is none")
    if not name.isascii() and not has_hole(name):
        return Unknown("the host is not ASCII, and clients translate it in different ways")
    relative = name.removesuffix(".")
    labels = relative.split(".")
    if len(relative) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return Unknown("the host is not a plain name of letters, digits, `-` and `_`")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        return Unknown("the host is an address in a form that is read in different ways")
    if has_hole(labels[-1]):
        return Unknown("how the host name ends is only known when it runs")
    return restore(relative.lower())


def _ipv6(address: str) -> Text:
    """Return an IPv6 address in its shortest form (RFC 5952); one with a zone is Unknown."""
    if not re.fullmatch(r"[0-9A-Fa-f:.]{2,45}", address, re.ASCII):
        return Unknown("what stands in brackets is no plain IPv6 address")
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return Unknown("what stands in brackets is no plain IPv6 address")
    # Python 3.13 changed how it writes these; a verdict must not depend on that.
    return f"::ffff:{parsed.ipv4_mapped}" if parsed.ipv4_mapped else str(parsed)


def _path(rest: str) -> Text:
    """Return the path at the start of `rest`; one that clients rewrite is Unknown."""
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    if _ODD_PATH.search(path):
        return Unknown("the path is not written plainly, and clients rewrite it in different ways")
    return restore(path or "/")


def _local(rest: str) -> UrlParts:
    """Return the path that a `file:` URL opens, given what follows the colon."""
    if not rest.startswith("//") and has_hole(rest):
        return _unknown("how the URL goes on behind `file:` is only known when it runs", scheme="file")
    if rest.startswith("//"):
        host, slash, tail = rest[2:].partition("/")
        if host.lower() not in {"", "localhost"}:
            return _unknown(
                "a file URL with a host is opened by some clients over the network", scheme="file"
            )
        path = slash + tail
    else:
        path = rest
    if not path.startswith("/") or path.startswith("//"):
        return UrlParts("file", None, None, Unknown("the file URL has no plain absolute path"))
    # A name from a folder can hold `%2e%2e%2f`, which is `../` once it is decoded.
    if re.search(rf"[?#;\\\x00-\x1f\x7f{WORD}{ANY}]", path) or ("%" in path and has_hole(path)):
        return UrlParts("file", None, None, Unknown("the path of the file URL is not written plainly"))
    decoded = unquote(path, errors="surrogateescape")
    if re.search("[\ud800-\udfff\x00]", decoded) or has_hole(decoded) != has_hole(path):
        return UrlParts("file", None, None, Unknown("the file URL hides bytes that are no text"))
    return UrlParts("file", None, None, restore(decoded))
