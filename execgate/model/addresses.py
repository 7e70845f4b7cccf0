"""Numeric addresses in any spelling, and which of them are not the open internet."""

from __future__ import annotations

import ipaddress
import re

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Spelled out, because what the standard library calls private changed between its versions.
_GUARDED_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this host (RFC 1122)
            "10.0.0.0/8",  # private (RFC 1918)
            "100.64.0.0/10",  # shared by a provider (RFC 6598); a metadata service lives there too
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # metadata of a cloud
            "169.254.0.0/16",  # link-local, metadata of most clouds (RFC 3927)
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments (RFC 6890); a metadata service lives there too
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks inside a network (RFC 2544)
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_GUARDED_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "::/8",  # unspecified, loopback, the old embedded forms
            "64:ff9b:1::/48",  # translation inside a network (RFC 8215)
            "100::/64",  # discard (RFC 6666)
            "fc00::/7",  # unique local, metadata (RFC 4193)
            "fe80::/10",  # link-local
            "fec0::/10",  # site-local
            "ff00::/8",  # multicast
        ),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


def looks_numeric(host: str) -> bool:
    """Return whether the last label makes the host an IPv4 address, well-formed or not (WHATWG URL)."""
    return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def ipv4(host: str) -> ipaddress.IPv4Address | None:
    """Return the address that the C library reads: one to four parts, each decimal, octal or hexadecimal."""
    parts = host.split(".")
    if len(parts) > 4:
        return None
    numbers = []
    for part in parts:
        if not _NUMBER.fullmatch(part):
            return None
        try:
            if part[:2] in {"0x", "0X"}:
                numbers.append(int(part[2:] or "0", 16))
            elif part[0] == "0":
                numbers.append(int(part, 8))
            else:
                numbers.append(int(part))
        except ValueError:
            return None
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        return None
    value = last
    for place, number in enumerate(leading):
        value += number << (8 * (3 - place))
    return ipaddress.IPv4Address(value)


def ipv6(host: str) -> Address | None:
    """Return the address, without its zone; an IPv4 address mapped into it is that address."""
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address


def guarded(address: Address) -> bool:
    """Return whether the address is private, loopback, link-local, metadata or otherwise not the internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return any(address in network for network in _GUARDED_V4)
    if address in _NAT64:
        return guarded(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address in network for network in _GUARDED_V6):
        return True
    embedded = address.teredo[1] if address.teredo is not None else address.sixtofour
    return embedded is not None and guarded(embedded)
