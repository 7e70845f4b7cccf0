"""One connection of a run to its door, from its first byte to its last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import h11

from execgate.sandbox.network.caps import Caps
from execgate.sandbox.network.forwarding import BadResponseError, Forwarder
from execgate.sandbox.network.judge import Judge
from execgate.sandbox.network.ledger import Entry, Ledger, SpentError
from execgate.sandbox.network.messages import BadRequestError, answer, read_request
from execgate.sandbox.network.peer import Peer
from execgate.sandbox.network.reach import Reach, Reached, RefusedError, UnreachableError
from execgate.sandbox.network.targets import Target
from execgate.sandbox.network.tunnel import Tunnel
from execgate.sandbox.network.within import Within

_LINGER_BYTES = 1 << 20
_LINGER_S = 2.0
_T = TypeVar("_T")


class Visit:
    """What everything that happens on one connection shares."""

    def __init__(self, client: Peer, judge: Judge, ledger: Ledger, reach: Reach, caps: Caps) -> None:
        self.client = client
        self.judge = judge
        self.ledger = ledger
        self.caps = caps
        self.answering = False
        """Whether the client has got a part of an answer, so that none can begin."""
        self._reach = reach
        self._open: set[Peer] = set()

    async def serve(self) -> None:
        """Serve the connection to its end, whatever comes."""
        try:
            said = await self._served()
            if said is not None and not self.answering:
                await self.client.write(answer(*said))
            if not self.answering:
                await self.client.linger(_LINGER_BYTES, _LINGER_S)
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            for peer in (*self._open, self.client):
                peer.close()

    async def _served(self) -> tuple[int, str] | None:
        """Return what to say where it ended before its time."""
        try:
            await self._requests()
        except BadRequestError as error:
            self.note(None, "http", refused=str(error))
            return error.status, str(error)
        except (RefusedError, SpentError) as error:
            return 403, str(error)
        except (UnreachableError, BadResponseError) as error:
            return 502, str(error)
        except h11.ProtocolError as error:
            return 502, f"the exchange broke off: {error}"
        return None

    async def _requests(self) -> None:
        async with Within(self.caps.head_s):
            found = await read_request(self.client, self.caps, None)
        if found is None:
            return
        request, state = found
        if request.method == "CONNECT":
            self.client.hold(state.trailing_data[0])
            await Tunnel(self, request.target, direct=request.direct).run()
            return
        forwarder = Forwarder(self)
        if await forwarder.one(request, state):
            await forwarder.requests()

    def note(
        self, target: Target | None, scheme: str, *, address: str | None = None, refused: str | None = None
    ) -> Entry:
        """Record an attempt."""
        return self.ledger.note(target, scheme, address=address, refused=refused)

    def check_room(self, target: Target, scheme: str) -> None:
        """Raise RefusedError where the run has tried so much that it is asked about nothing more.

        The judge remembers all that it was asked: before it, so that a program can't make it remember more.
        """
        if self.ledger.is_full:
            why = "the run has tried too many different destinations"
            self.note(target, scheme, refused=why)
            raise RefusedError(why)

    async def reach(self, target: Target, scheme: str, granted: Callable[[Target], object]) -> Reached:
        """Connect, and record where that fails; raises as `Reach.to` does."""
        try:
            reached = await self._reach.to(target, granted)
        except (RefusedError, UnreachableError) as error:
            self.note(target, scheme, refused=str(error))
            raise
        self._open.add(reached.peer)
        return reached

    async def send(self, outside: Peer, entry: Entry, data: bytes) -> None:
        """Send to a machine outside, if the run may still send."""
        self.ledger.sent(entry, len(data))
        await outside.write(data)

    async def wait(self, coming: Awaitable[_T]) -> _T:
        """Wait no longer than a connection may be idle."""
        async with Within(self.caps.idle_s):
            return await coming

    def drop(self, outside: Peer) -> None:
        """Close a connection outside that is not used any more."""
        self._open.discard(outside)
        outside.close()
