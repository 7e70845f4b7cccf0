"""Plain HTTP: request by request, each judged, sent and answered before the next is looked at."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import h11

from execgate.sandbox.network.judge import refusal
from execgate.sandbox.network.ledger import Entry
from execgate.sandbox.network.messages import (
    BadRequestError,
    Request,
    host_header,
    read_request,
    response_headers,
)
from execgate.sandbox.network.peer import Peer
from execgate.sandbox.network.reach import Reached, RefusedError, UnreachableError
from execgate.sandbox.network.targets import Target
from execgate.sandbox.network.within import Within

if TYPE_CHECKING:
    from execgate.sandbox.network.visit import Visit


class BadResponseError(Exception):
    """What a server answered is no response; `str()` is one line."""


class Forwarder:
    """The requests of one client connection, and the one connection outside that they are sent over."""

    def __init__(self, visit: Visit, fixed: Target | None = None) -> None:
        """Make one for a proxy's client, or with `fixed` for what is spoken inside a tunnel to it."""
        self._visit = visit
        self._fixed = fixed
        self._outside: tuple[Target, Reached] | None = None

    def adopt(self, target: Target, reached: Reached) -> None:
        """Use a connection that is open already for requests to `target`."""
        self._outside = (target, reached)

    async def requests(self) -> None:
        """Serve requests until either side has ended; raises BadRequestError and the errors of reaching."""
        caps, client = self._visit.caps, self._visit.client
        while await self._visit.wait(client.peek()):
            async with Within(caps.head_s):
                found = await read_request(client, caps, self._fixed)
            if found is None or not await self.one(*found):
                return

    async def one(self, request: Request, client: h11.Connection) -> bool:
        """Serve one request; return whether there may be another on the same connection."""
        visit, target = self._visit, request.target
        visit.check_room(target, "http")
        if not visit.judge.allows(target, "http", request.method):
            why = refusal(target, "http")
            if visit.judge.modes(target).http:
                why = f"{request.method} of http://{target} is not granted: a rule on the method decides"
            visit.note(target, "http", refused=why)
            raise RefusedError(why)
        again = self._outside is not None and not request.framing
        try:
            return await self._exchange(request, client)
        except _SilentError as silent:
            # A server may let go of a connection just as it is used again: nothing was done, so once more.
            if not again:
                raise UnreachableError(f"{target} closed the connection without an answer") from silent
            return await self._exchange(request, client)

    async def _exchange(self, request: Request, client: h11.Connection) -> bool:
        reached, entry = await self._connected(request)
        server = h11.Connection(h11.CLIENT, max_incomplete_event_size=self._visit.caps.head_bytes)
        sending = self._send(request, client, server, reached.peer, entry)
        body: asyncio.Future[None]
        if request.framing:
            body = asyncio.ensure_future(sending)
        else:  # it is sent before anybody could answer: that takes no task of its own
            body = asyncio.get_running_loop().create_future()
            try:
                await sending
            except OSError as error:
                body.set_exception(error)
            else:
                body.set_result(None)
        try:
            kept = await self._answer(server, client, reached.peer, entry, body)
        finally:
            done = body.done()
            if not done:
                body.cancel()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await body
        data, _ = client.trailing_data
        if data:
            self._visit.client.hold(data)
        again = kept and done and client.their_state is h11.DONE and client.our_state is h11.DONE
        if not (again and server.our_state is h11.DONE and server.their_state is h11.DONE):
            self._let_go()
        elif server.trailing_data[0]:
            self._let_go()  # more than the answer came: what would the next request's be?
        return again

    async def _connected(self, request: Request) -> tuple[Reached, Entry]:
        target, judge = request.target, self._visit.judge
        if self._outside is not None:
            if self._outside[0] == target and self._outside[1].peer.is_idle:
                reached = self._outside[1]
                return reached, self._visit.note(target, "http", address=reached.address)
            self._let_go()
        reached = await self._visit.reach(
            target, "http", lambda one: judge.allows(one, "http", request.method)
        )
        self._outside = (target, reached)
        return reached, self._visit.note(target, "http", address=reached.address)

    def _let_go(self) -> None:
        if self._outside is not None:
            self._visit.drop(self._outside[1].peer)
            self._outside = None

    async def _send(
        self, request: Request, client: h11.Connection, server: h11.Connection, outside: Peer, entry: Entry
    ) -> None:
        """Send a request as it was understood, then its body as it comes."""
        visit = self._visit
        headers = [(b"Host", host_header(request.target)), *request.headers, *request.framing]
        made = h11.Request(method=request.method, target=request.path, headers=headers)
        await visit.send(outside, entry, server.send(made) or b"")
        while client.their_state is h11.SEND_BODY:
            event = client.next_event()
            if event is h11.NEED_DATA:
                if client.they_are_waiting_for_100_continue:
                    more = client.send(h11.InformationalResponse(status_code=100, headers=[]))
                    await visit.client.write(more or b"")
                client.receive_data(await visit.wait(visit.client.read()))
            elif isinstance(event, h11.Data):
                await visit.send(outside, entry, server.send(h11.Data(data=event.data)) or b"")
            elif not isinstance(event, h11.EndOfMessage):
                raise BadRequestError("the request's body is cut off")
        # Headers behind the body could say what those before it did not: they are left out.
        await visit.send(outside, entry, server.send(h11.EndOfMessage()) or b"")

    async def _answer(
        self, server: h11.Connection, client: h11.Connection, outside: Peer, entry: Entry,
        body: asyncio.Future[None],
    ) -> bool:  # fmt: skip
        """Hand the response on as it was understood; return whether the client may go on."""
        visit, begun, heard = self._visit, False, False
        while True:
            if body.done() and not begun and not body.cancelled():
                error = body.exception()
                if isinstance(error, (BadRequestError, h11.RemoteProtocolError)):
                    raise BadRequestError(f"the request's body: {error}")
                if error is not None and not isinstance(error, OSError):
                    raise error
            try:
                event = server.next_event()
            except h11.RemoteProtocolError as error:
                if begun:
                    return False
                if not heard:
                    raise _SilentError from error
                raise BadResponseError(f"the server's answer is no HTTP: {error}") from error
            if event is h11.NEED_DATA:
                data = await self._next(outside, body if not begun else None)
                if data is not None:
                    heard = heard or bool(data)
                    visit.ledger.received(entry, len(data))
                    server.receive_data(data)
            elif isinstance(event, h11.InformationalResponse):
                continue
            elif isinstance(event, h11.Response):
                begun = visit.answering = True
                made = h11.Response(
                    status_code=event.status_code, headers=response_headers(event), reason=event.reason
                )
                await visit.client.write(client.send(made) or b"")
            elif isinstance(event, h11.Data):
                await visit.client.write(client.send(h11.Data(data=event.data)) or b"")
            elif isinstance(event, h11.EndOfMessage):
                await visit.client.write(client.send(h11.EndOfMessage()) or b"")
                visit.answering = False
                return True
            else:
                raise _SilentError

    async def _next(self, outside: Peer, body: asyncio.Future[None] | None) -> bytes | None:
        """Return what the server sent, None where the body came to an end or failed before that."""
        if body is None or body.done():
            try:
                return await self._visit.wait(outside.read())
            except OSError:
                return b""
        reading = asyncio.ensure_future(outside.peek())
        both: set[asyncio.Future[Any]] = {reading, body}
        try:
            await self._visit.wait(asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED))
        finally:
            if not reading.done():
                reading.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await reading
        if reading.cancelled():
            return None
        try:
            reading.result()
        except OSError:
            return b""
        return await outside.read()


class _SilentError(Exception):
    """The server ended without a byte of an answer."""
