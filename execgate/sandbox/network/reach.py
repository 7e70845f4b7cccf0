"""To a machine outside: the name is resolved once, and what was checked is what is connected to."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from execgate.model.addresses import Address
from execgate.sandbox.network.caps import Caps
from execgate.sandbox.network.judge import Judge, parsed
from execgate.sandbox.network.peer import Peer
from execgate.sandbox.network.targets import Target
from execgate.sandbox.network.within import Within

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""Gives the addresses of a name, best first; raises OSError where it has none."""

_LOOPBACK = (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1"))
_THREADS = 32


class RefusedError(Exception):
    """It may not be reached; `str()` is one line that says what would permit it."""


class UnreachableError(Exception):
    """It may be reached and could not be; `str()` is one line."""


def look_up(name: str) -> list[str]:
    """Return what this machine says that the addresses of a name are; raises OSError."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def system_resolver() -> Resolver:
    """Return the machine's own, in threads of its own: a slow name server holds up nothing else.

    The end of the process neither, so they are no threads of an executor, which is waited for.
    """
    places = asyncio.Semaphore(_THREADS)

    async def resolve(name: str) -> list[str]:
        async with places:
            return await _in_a_thread(name)

    return resolve


async def _in_a_thread(name: str) -> list[str]:
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def tell(told: list[str] | Exception) -> None:
        if found.done():
            return
        if isinstance(told, Exception):
            found.set_exception(told)
        else:
            found.set_result(told)

    def look() -> None:
        told: list[str] | Exception
        try:
            told = look_up(name)
        except Exception as error:  # noqa: BLE001 - whoever waits hears of it, whatever it is
            told = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, told)

    try:
        threading.Thread(target=look, name="execgate-lookup", daemon=True).start()
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
    return await found


@dataclass(frozen=True, slots=True)
class Reached:
    """An open connection to a machine outside, and its address as text."""

    peer: Peer
    address: str


class Reach:
    """Connects one run to where its judge lets it."""

    def __init__(self, resolver: Resolver, judge: Judge, caps: Caps) -> None:
        self._resolver = resolver
        self._judge = judge
        self._caps = caps
        self._lookups = asyncio.Semaphore(caps.lookups)

    async def to(self, target: Target, granted: Callable[[Target], object]) -> Reached:
        """Connect to a target that is permitted by its name; `granted` says whether another one is, too.

        Every address of the name has to be permitted, also those that are not tried.  Raises RefusedError or
        UnreachableError.
        """
        found = await self._addresses(target)
        for address in found:
            why = self._judge.wrong(target, address, granted)
            if why is not None:
                raise RefusedError(why)
        return await self._first(target, found)

    async def _addresses(self, target: Target) -> Sequence[Address]:
        if target.address is not None:
            return (target.address,)
        if target.is_local_name:
            return _LOOPBACK
        try:
            async with Within(self._caps.lookup_s):
                told = await self._looked_up(target.host)
        except asyncio.TimeoutError:
            raise UnreachableError(f"{target.host} was not found in {self._caps.lookup_s:g} s") from None
        except (OSError, UnicodeError) as error:
            raise UnreachableError(f"{target.host} was not found: {_said(error)}") from error
        found = [parsed(one) for one in told]
        if not found or len(found) > self._caps.addresses:
            raise UnreachableError(f"{target.host} has {len(found) or 'no'} addresses")
        known = [address for address in found if address is not None]
        if len(known) != len(found):
            raise RefusedError(f"{target.host} has an address that is none")
        return list(dict.fromkeys(known))

    async def _looked_up(self, name: str) -> Sequence[str]:
        """Look a name up; one that nobody waits for any more counts until it has ended."""
        await self._lookups.acquire()
        looking = asyncio.ensure_future(self._resolver(name))
        looking.add_done_callback(lambda _: self._lookups.release())
        return await asyncio.shield(looking)

    async def _first(self, target: Target, found: Sequence[Address]) -> Reached:
        """Connect to the first that answers, each with an equal share of the time that is left."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._caps.connect_s
        why = ""
        for index, address in enumerate(found):
            share = max((deadline - loop.time()) / (len(found) - index), 0.01)
            try:
                async with Within(share):
                    peer = await _dial(address, target.port)
            except asyncio.TimeoutError:
                why = "no answer"
            except OSError as error:
                why = _said(error)
            else:
                return Reached(peer, str(address))
        raise UnreachableError(f"{target} could not be reached: {why}")


async def _dial(address: Address, port: int) -> Peer:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    outside = socket.socket(family, socket.SOCK_STREAM)
    try:
        outside.settimeout(0)
        outside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(outside, (str(address), port))
        return Peer(outside)
    except BaseException:
        with contextlib.suppress(OSError):
            outside.close()
        raise


def _said(error: Exception) -> str:
    """Return why in the system's words: asyncio has its own for a connection, which name no reason."""
    number = error.errno if isinstance(error, OSError) else None
    if number is not None and number in errno.errorcode:
        return os.strerror(number).lower()
    return (getattr(error, "strerror", None) or type(error).__name__).lower()
