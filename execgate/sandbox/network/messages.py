"""Requests that can be read in one way only, and how a message is written again for the next hop.

What one reader takes for the end of a message another takes for its middle: so nothing is passed on as it
came.  A request is parsed, held against rules that leave no choice (RFC 9110, RFC 9112), and made anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import h11

from execgate.sandbox.network.caps import Caps
from execgate.sandbox.network.peer import Peer, TooLargeError
from execgate.sandbox.network.targets import BadTargetError, Target, absolute, authority

DIRECT = b"execgate-direct"
"""The header of a CONNECT for a client that knows of no proxy: it is answered by what it speaks itself."""

Headers = list[tuple[bytes, bytes]]

_METHOD = re.compile(rb"(?=.{1,24}\Z)[A-Z]+(?:[-_][A-Z]+)*")
_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*")
_LENGTHS = re.compile(rb"content-length:.*,.*", re.IGNORECASE)
_TOKENS = re.compile(rb"[\t ]*,[\t ,]*")
_HOP_BY_HOP = frozenset(
    (
        b"connection", b"expect", b"http2-settings", b"keep-alive", b"proxy-authenticate",
        b"proxy-authentication-info", b"proxy-authorization", b"proxy-connection", b"te", b"trailer",
        b"transfer-encoding", b"upgrade", DIRECT,
    )
)  # fmt: skip
# Never only for the next hop: what a client calls so would change where a message ends or who it is for.
_NEVER_HOP_BY_HOP = frozenset(
    (b"host", b"content-length", b"content-encoding", b"content-type", b"authorization")
)


class BadRequestError(Exception):
    """A request that is not passed on; `status` is the answer's, and `str()` one line that says why."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request for which there is one reading.

    `path` is what a server is asked for, empty for CONNECT.  `headers` are those that are passed on, without
    Host and without those that say how long the body is.
    """

    method: str
    scheme: str
    target: Target
    path: str
    headers: Headers
    framing: Headers
    direct: bool = False


async def read_request(
    client: Peer, caps: Caps, fixed: Target | None
) -> tuple[Request, h11.Connection] | None:
    """Return the next request and the state of its connection, None where the client ended before one.

    `fixed` is where a tunnel leads: requests in it name a path alone.  Raises BadRequestError.
    """
    try:
        head = await client.head(caps.head_bytes)
    except TooLargeError:
        raise BadRequestError(f"the request's head is longer than {caps.head_bytes} bytes", 431) from None
    if not head:
        return None
    _check_lines(head, caps)
    state = h11.Connection(h11.SERVER, max_incomplete_event_size=caps.head_bytes)
    try:
        state.receive_data(head)
        event = state.next_event()
    except h11.RemoteProtocolError as error:
        raise BadRequestError(f"no request: {error}", error.error_status_hint or 400) from error
    if not isinstance(event, h11.Request):
        raise BadRequestError("no request")
    return _understood(event, fixed), state


def _check_lines(head: bytes, caps: Caps) -> None:
    lines = head[:-4].split(b"\r\n")
    if len(lines) - 1 > caps.headers:
        raise BadRequestError(f"the request has more than {caps.headers} headers", 431)
    said = 0
    for line in lines[1:]:
        if not _FIELD.fullmatch(line):
            raise BadRequestError("a line of the request's head is no header")
        # The parser makes one of several that agree; who comes after it may not.
        said += line.partition(b":")[0].lower() in {b"content-length", b"transfer-encoding"}
        if _LENGTHS.fullmatch(line):
            said += 1
    if said > 1:
        raise BadRequestError("the request says twice how long its body is")
    if not lines[0] or b"\r" in lines[0] or b"\n" in lines[0]:
        raise BadRequestError("the request does not begin with its line")


def _understood(event: h11.Request, fixed: Target | None) -> Request:
    if event.http_version not in {b"1.0", b"1.1"} or not _METHOD.fullmatch(event.method):
        raise BadRequestError("the request is of no method and version of HTTP/1")
    method, text = event.method.decode("ascii"), event.target.decode("ascii")
    given = list(event.headers)
    if any(name == b"upgrade" and value.lower() == b"websocket" for name, value in given):
        raise BadRequestError("a web socket is opened over TLS alone here: use wss://", 501)
    framing = _framing(event, given)
    try:
        if method == "CONNECT":
            if fixed is not None:
                raise BadRequestError("a tunnel within a tunnel")
            scheme, target, path, default = "", authority(text), "", None
        elif fixed is not None and text.startswith("/"):
            scheme, target, path, default = "http", fixed, text, 80
        else:
            scheme, target, path = absolute(text)
            default = 80
        if scheme not in {"", "http"}:
            raise BadRequestError(f"the proxy is asked for http URLs and tunnels alone, not for {scheme}:")
        if fixed is not None and target != fixed:
            raise BadRequestError("a request in a tunnel to another host", 421)
        for name, value in given:
            if name == b"host" and authority(value.decode("ascii"), default or target.port) != target:
                raise BadRequestError("the Host header names another host than the request", 421)
    except BadTargetError as error:
        raise BadRequestError(str(error)) from error
    except UnicodeDecodeError:
        raise BadRequestError("the Host header is no text of ASCII") from None
    direct = method == "CONNECT" and any(name == DIRECT for name, _ in given)
    return Request(method, scheme, target, path, _passed_on(event.headers.raw_items()), framing, direct)


def _framing(event: h11.Request, given: Headers) -> Headers:
    """Return the one header that says how long the body is, none where there is none."""
    found = [(name, value) for name, value in given if name in {b"content-length", b"transfer-encoding"}]
    if found and found[0][0] == b"transfer-encoding" and event.http_version == b"1.0":
        raise BadRequestError("a body in chunks came with HTTP/1.1")
    if found and event.method == b"CONNECT" and found[0][1] != b"0":
        raise BadRequestError("a request for a tunnel has no body")
    return found


def _passed_on(given: Headers) -> Headers:
    """Return the headers that are not for this hop alone, in their order and as they are written."""
    named = _for_one_hop(given)
    if named & _NEVER_HOP_BY_HOP:
        raise BadRequestError("the Connection header names what is not for one hop")
    dropped = _HOP_BY_HOP | named | {b"host", b"content-length"}
    return [(name, value) for name, value in given if name.lower() not in dropped]


def _for_one_hop(given: Headers) -> set[bytes]:
    """Return the names that Connection headers hold."""
    values = [value for name, value in given if name.lower() == b"connection"]
    return {token.lower() for value in values for token in _TOKENS.split(value) if token}


def host_header(target: Target) -> bytes:
    """Return what the Host header of a request over plain HTTP says."""
    return (target.bracketed if target.port == 80 else str(target)).encode("ascii")


def response_headers(event: h11.Response) -> Headers:
    """Return the headers of a response for the client; how long the body is stays as it was said."""
    given = event.headers.raw_items()
    dropped = (_HOP_BY_HOP | _for_one_hop(given)) - {b"content-length"}
    if any(name.lower() == b"transfer-encoding" for name, _ in given):
        dropped |= {b"content-length"}  # of the two, the chunks are what was read
    return [(name, value) for name, value in given if name.lower() not in dropped]


REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    502: "Bad Gateway",
}


def answer(status: int, line: str) -> bytes:
    """Return a whole response of the gate's own, which ends the connection.

    The reason phrase is the line itself: for many clients it is all that they show of a refused tunnel.
    """
    plain = "".join(char if " " <= char <= "~" else "?" for char in line)[:500]
    body = f"execgate: {plain}\n".encode("ascii")
    head = (
        f"HTTP/1.1 {status} {REASONS.get(status, 'Error')} by execgate: {plain}\r\n"
        f"Content-Type: text/plain; charset=us-ascii\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
