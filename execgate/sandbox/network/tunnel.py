"""What is opened by CONNECT: passed on as it stands, but for what can be seen of it from outside.

TLS is let through with the server's name held against the policy; HTTP that is not encrypted is no tunnel at
all: its requests are judged as if they had been asked of the proxy one by one.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import re
from typing import TYPE_CHECKING

from execgate.sandbox.network import hello
from execgate.sandbox.network.forwarding import Forwarder
from execgate.sandbox.network.judge import Modes, refusal
from execgate.sandbox.network.ledger import Entry
from execgate.sandbox.network.messages import answer
from execgate.sandbox.network.peer import Peer
from execgate.sandbox.network.reach import Reached, RefusedError, UnreachableError
from execgate.sandbox.network.targets import BadTargetError, Target, authority
from execgate.sandbox.network.within import Within

if TYPE_CHECKING:
    from execgate.sandbox.network.visit import Visit

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"

# Fatal alerts (RFC 8446, section 6): clients show them by these names.
ACCESS_DENIED = b"\x15\x03\x01\x00\x02\x02\x31"
INTERNAL_ERROR = b"\x15\x03\x01\x00\x02\x02\x50"

_MOST_LINE = 8192
_LINE = re.compile(rb"[A-Za-z][A-Za-z_-]{0,23}[ \t]+[^\r\n]*HTTP/[0-9.]+[ \t]*\r?")
_START = re.compile(rb"[A-Z][A-Z_-]{0,23}(?:[ \t]+[\x21-\x7e]*(?:[ \t]+[HTP/0-9.]*)?)?")


class Speech(enum.Enum):
    """What a client was heard to speak."""

    RAW = "tcp"
    TLS = "https"
    HTTP = "http"


class Tunnel:
    """One CONNECT, from its request to its end."""

    def __init__(self, visit: Visit, target: Target, *, direct: bool) -> None:
        """Make one; `direct` where the client does not know that there is a proxy."""
        self._visit = visit
        self._target = target
        self._direct = direct
        self._modes = Modes(raw=False, tls=False, http=False)
        self._usual = {80: "http", 443: "https"}.get(target.port, "tcp")
        self._moved = 0

    async def run(self) -> None:
        """Serve it; raises as reaching does where the client has not been answered yet."""
        try:
            reached = await self._connected()
        except (RefusedError, UnreachableError) as error:
            if not self._direct:
                raise
            await self._excuse(error)
            return
        if not self._direct:
            await self._visit.client.write(ESTABLISHED)
        try:
            speech = await self._heard(reached.peer)
            if speech is not None:
                self._check(speech)
        except RefusedError as error:
            self._visit.note(self._target, self._usual, address=reached.address, refused=str(error))
            await self._excuse(error)
            return
        except asyncio.TimeoutError:
            self._visit.note(
                self._target,
                self._usual,
                address=reached.address,
                refused="cut off: nothing came that can be understood",
            )
            raise
        if speech is Speech.HTTP:
            forwarder = Forwarder(self._visit, self._target)
            forwarder.adopt(self._target, reached)
            await forwarder.requests()
            return
        scheme = self._usual if speech is None else speech.value
        entry = self._visit.note(self._target, scheme, address=reached.address)
        if speech is not None:
            await self._pass_on(reached.peer, entry)

    async def _connected(self) -> Reached:
        visit, target = self._visit, self._target
        visit.check_room(target, self._usual)
        self._modes = visit.judge.modes(target)
        if not self._modes:
            why = refusal(target)
            visit.note(target, self._usual, refused=why)
            raise RefusedError(why)
        return await visit.reach(target, self._usual, self._granted)

    def _granted(self, other: Target) -> bool:
        """Narrow what may be spoken to what another target is granted for, too."""
        both = self._modes & self._visit.judge.modes(other)
        if both:
            self._modes = both
        return bool(both)

    # What is spoken.

    async def _heard(self, outside: Peer) -> Speech | None:
        """Return what the client speaks, None where it ended without a word."""
        client, caps = self._visit.client, self._visit.caps
        if self._modes.raw and await self._server_is_first(outside):
            return Speech.RAW
        async with Within(caps.head_s):
            return await self._speech(client)

    async def _server_is_first(self, outside: Peer) -> bool:
        first = asyncio.ensure_future(self._visit.client.peek())
        other = asyncio.ensure_future(outside.peek())
        try:
            await self._visit.wait(asyncio.wait({first, other}, return_when=asyncio.FIRST_COMPLETED))
            return not first.done()
        finally:
            for one in (first, other):
                one.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await one

    async def _speech(self, client: Peer) -> Speech | None:
        while True:
            data = await client.peek()
            if not data:
                return None
            speech = self._understood(data)
            if speech is not None:
                return speech
            if not await self._goes_on(client, data):
                return Speech.RAW

    async def _goes_on(self, client: Peer, begun: bytes) -> bool:
        """Return whether more comes.

        Where a request of any method may be sent, and what is none just as well, a pause is an end: who says
        `PING` and waits for the answer has not begun a request.
        """
        either = self._modes.raw and self._visit.judge.allows_every_method(self._target)
        if hello.looks_like_tls(begun) or not either:
            return await client.more()
        with contextlib.suppress(asyncio.TimeoutError):
            async with Within(self._visit.caps.pause_s):
                return await client.more()
        return False

    def _understood(self, data: bytes) -> Speech | None:
        """Return what the first bytes are, None where there have to be more."""
        if hello.looks_like_tls(data):
            try:
                greeting = hello.parse(data)
            except hello.NotTlsError as error:
                raise RefusedError(f"{self._target}: {error}") from error
            if greeting is None:
                return None
            self._check_name(greeting.server_name)
            return Speech.TLS
        text = data.lstrip(b"\r\n\t ")
        line, end, _ = text.partition(b"\n")
        if end:
            return Speech.HTTP if _LINE.fullmatch(line) else Speech.RAW
        if not text or _START.fullmatch(text):
            if len(data) < _MOST_LINE:
                return None
            return Speech.HTTP if text else Speech.RAW  # who goes on for so long names a path
        return Speech.RAW

    def _check_name(self, name: str | None) -> None:
        """Refuse a greeting to a server that is not granted by its own name."""
        if name is None:
            return
        try:
            asked = authority(name, self._target.port)
        except BadTargetError as error:
            raise RefusedError(f"{self._target}: the name in the greeting: {error}") from error
        if asked != self._target and not self._visit.judge.modes(asked).tls:
            raise RefusedError(f"a tunnel to {self._target} asks for another server: {refusal(asked)}")

    def _check(self, speech: Speech) -> None:
        permitted = {
            Speech.RAW: self._modes.raw,
            Speech.TLS: self._modes.tls,
            Speech.HTTP: self._modes.http,
        }
        if not permitted[speech]:
            raise RefusedError(f"{self._target} is granted, but not for {speech.value}")

    # Passing on.

    async def _pass_on(self, outside: Peer, entry: Entry) -> None:
        client, ledger = self._visit.client, self._visit.ledger

        async def up() -> None:
            while data := await client.read():
                ledger.sent(entry, len(data))
                self._moved += 1
                await outside.write(data)
            outside.end()

        async def down() -> None:
            while data := await outside.read():
                ledger.received(entry, len(data))
                self._moved += 1
                await client.write(data)
            client.end()

        await self._while_alive(asyncio.gather(up(), down()))

    async def _while_alive(self, both: asyncio.Future[tuple[None, None]]) -> None:
        """Wait for both directions as long as anything moves."""
        try:
            while True:
                before = self._moved
                done, _ = await asyncio.wait({both}, timeout=self._visit.caps.idle_s)
                if done or before == self._moved:
                    break
            if both.done():
                both.result()
        finally:
            both.cancel()
            with contextlib.suppress(BaseException):
                await both

    async def _excuse(self, error: Exception) -> None:
        """Tell a client that was promised a connection why there is none, in what it speaks."""
        client = self._visit.client
        with contextlib.suppress(asyncio.TimeoutError, RefusedError):
            async with Within(self._visit.caps.head_s):
                data = await client.peek()
            refused = isinstance(error, RefusedError)
            if hello.looks_like_tls(data):
                await client.write(ACCESS_DENIED if refused else INTERNAL_ERROR)
            elif _START.match(data.lstrip(b"\r\n\t ")) and self._understood(data) is not Speech.RAW:
                await client.write(answer(403 if refused else 502, str(error)))
