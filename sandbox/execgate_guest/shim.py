"""The way to the gate's proxy, for programs that know of no unix sockets: a process of its own on loopback.

It listens as an HTTP proxy, answers every question for a name with an address of its own on loopback, and at
those addresses passes on what comes to the ports that are granted.  It decides nothing: whatever goes
through it is judged by the gate, as is what a program says to the gate's socket itself.
"""

# Every import costs every cell its time, so there is neither pathlib nor contextlib here.
# ruff: noqa: BLE001, PERF203, SIM105

from __future__ import annotations

import errno
import os
import select
import signal
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

GATE = "/run/execgate/proxy.sock"
LOOPBACK = "127.0.0.1"
PROXY_PORT = 3128
DNS_PORT = 53
NAMES = (127 << 24) + (64 << 16)
"""The first of the addresses that names are given, of which there are four million."""
LISTENERS = 400
"""The most sockets that listen for names; the oldest name's are closed for a new one's."""
PAIRS = 150
"""The most connections at once; the others wait."""
CHUNK = 1 << 16
USUAL_PORTS = (21, 22, 25, 80, 110, 143, 443, 465, 587, 993, 995, 1883, 3306, 5432, 5671, 5672, 6379, 8000,
               8080, 8443, 8883, 9200, 27017)  # fmt: skip
"""What is listened at where every port is granted."""
LOCAL_NAMES = ("localhost", "sandbox")
A, PTR, AAAA, ANY = 1, 12, 28, 255
LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_")


def start(network: dict[str, Any], user: int | None = None) -> str | None:
    """Start the process, as `user` where one is given; return why there is no way to the gate, or None.

    `network` has the granted `ports` (null is every one) and `loopback`: pairs of a name and a port of the
    gate's own machine.
    """
    told, tell = os.pipe()
    if os.fork() == 0:
        try:
            os.close(told)
            if user is not None:
                from execgate_guest import identity

                identity.become(user)
                identity.dumpable(wanted=False)
            serve(network, tell)
        finally:
            os._exit(1)
    os.close(tell)
    said = b""
    while True:
        piece = os.read(told, 500)
        if not piece:
            break
        said += piece
    os.close(told)
    return None if said == b"1" else said.decode("utf-8", "replace") or "its process ended"


def serve(network: dict[str, Any], tell: int) -> NoReturn:
    """Be the process: forget what was the supervisor's, listen, say so, and go on for ever."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    tell = os.dup2(tell, 3)
    os.closerange(4, 1024)
    nothing = os.open(os.devnull, os.O_RDWR)
    for place in (0, 1, 2):
        os.dup2(nothing, place)
    os.close(nothing)
    try:
        gate = socket.socket(socket.AF_UNIX)
        gate.connect(GATE)
        gate.close()
        shim = Shim(network)
    except OSError as error:
        os.write(tell, f"{error.strerror or error} ({error.filename or GATE})".encode())
        os._exit(1)
    os.write(tell, b"1")
    os.close(tell)
    while True:
        shim.turn()


class Pair:
    """A client's connection and the one to the gate, and what is on its way between them."""

    __slots__ = ("client", "down", "gate", "gone", "up")

    def __init__(self, client: socket.socket, prelude: bytes) -> None:
        self.client = client
        self.gate: socket.socket | None = None
        self.up = Flow(prelude)
        self.down = Flow(b"")
        self.gone = False
        """Whether the gate has closed its end altogether."""


class Flow:
    """What goes one way: `held` was read and not written, `ended` where nothing more comes."""

    __slots__ = ("broken", "ended", "held", "shut")

    def __init__(self, held: bytes) -> None:
        self.held = held
        self.ended = False
        self.shut = False
        self.broken = False

    def move(self, source: socket.socket, sink: socket.socket) -> None:
        """Read and write as much as goes without waiting."""
        if not self.held and not self.ended:
            try:
                self.held = source.recv(CHUNK)
                self.ended = not self.held
            except (BlockingIOError, InterruptedError):
                pass
            except OSError:
                self.ended = True
        if self.held:
            try:
                self.held = self.held[sink.send(self.held) :]
            except (BlockingIOError, InterruptedError):
                pass
            except OSError:
                self.broken = self.ended = True  # whoever listened has gone: the other way may go on
                self.held = b""
        if self.ended and not self.held and not self.shut:
            self.shut = True
            try:
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass


class Shim:
    """Everything that listens, and every connection; one thread that never waits for one of them."""

    def __init__(self, network: dict[str, Any]) -> None:
        """Listen; raises OSError."""
        ports = network.get("ports")
        self.ports = tuple(USUAL_PORTS if ports is None else ports)[:50]
        self.poll = select.epoll()
        self.calls: dict[int, Callable[[int], None]] = {}
        self.pairs: set[Pair] = set()
        self.waiting: list[Pair] = []
        self.names: dict[str, tuple[str, list[socket.socket]]] = {}
        self.given = 0
        self.listening = 0
        self.accepting: dict[int, int] = {}
        self.paused = False
        self.listen(LOOPBACK, PROXY_PORT, b"")
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind((LOOPBACK, DNS_PORT))
        self.datagrams.settimeout(0)
        self.watch(self.datagrams.fileno(), self.asked)
        self.listen(LOOPBACK, DNS_PORT, None)
        for name, port in network.get("loopback", ()):
            try:
                self.listen(LOOPBACK, port, prelude(name, port))
            except OSError:
                pass  # taken by the proxy itself

    def turn(self) -> None:
        """Wait until something happens, and do what follows from it."""
        for fd, events in self.poll.poll(0.02 if self.waiting else -1):
            call = self.calls.get(fd)
            if call is not None:
                try:
                    call(events)
                except Exception:
                    self.unwatch(fd)  # one connection at most
        for pair in self.waiting[:]:
            self.connect(pair)
        self.breathe()

    # Listening.

    def watch(self, fd: int, call: Callable[[int], None], mask: int = select.EPOLLIN) -> None:
        """Call when something happens to a descriptor."""
        self.calls[fd] = call
        self.poll.register(fd, mask)

    def unwatch(self, fd: int) -> None:
        """Call no more."""
        if self.calls.pop(fd, None) is not None:
            try:
                self.poll.unregister(fd)
            except OSError:
                pass

    def listen(self, address: str, port: int, begins: bytes | None) -> socket.socket:
        """Listen for connections that begin with `begins` at the gate; None is for questions for names."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, port))
            listener.listen(64)
            listener.settimeout(0)
        except OSError:
            listener.close()
            raise
        self.accepting[listener.fileno()] = port
        self.watch(listener.fileno(), lambda _: self.accept(listener, begins))
        return listener

    def accept(self, listener: socket.socket, begins: bytes | None) -> None:
        """Take a connection, and find a way to the gate for it."""
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.settimeout(0)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if begins is None:
            held = bytearray()
            self.watch(client.fileno(), lambda _: self.asked_in_stream(client, held))
            return
        pair = Pair(client, begins)
        self.pairs.add(pair)
        self.connect(pair)
        self.breathe()

    def breathe(self) -> None:
        """Let others wait in the queues while there are too many, and on again."""
        full = len(self.pairs) >= PAIRS
        if full == self.paused:
            return
        self.paused = full
        for fd in self.accepting:
            self.poll.modify(fd, 0 if full else select.EPOLLIN)

    # Passing on.

    def connect(self, pair: Pair) -> None:
        """Connect to the gate; one that takes nobody now is asked again a little later."""
        if pair in self.waiting:
            self.waiting.remove(pair)
        gate = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        gate.settimeout(0)
        try:
            gate.connect(GATE)
        except BlockingIOError:
            gate.close()
            self.waiting.append(pair)
            return
        except OSError:
            gate.close()
            self.end(pair)
            return
        pair.gate = gate
        self.pass_on(pair)

    def pass_on(self, pair: Pair) -> None:
        """Move what there is, both ways, and wait for what makes more possible."""
        client, gate, up, down = pair.client, pair.gate, pair.up, pair.down
        if gate is None:
            return
        up.move(client, gate)
        down.move(gate, client)
        if down.broken or (down.shut and (up.shut or up.broken or pair.gone)):
            self.end(pair)
            return
        self.await_more(pair, client, up, down)
        self.await_more(pair, gate, down, up)

    def await_more(self, pair: Pair, one: socket.socket, incoming: Flow, outgoing: Flow) -> None:
        """Watch one end of a pair for what it can do next."""
        mask = 0
        if not incoming.held and not incoming.ended:
            mask |= select.EPOLLIN
        if outgoing.held:
            mask |= select.EPOLLOUT
        fd = one.fileno()
        if mask == 0 and (one is pair.client or pair.gone):
            self.unwatch(fd)  # an end that is known would be told again and again
        elif fd in self.calls:
            self.poll.modify(fd, mask)
        else:
            self.watch(fd, lambda events: self.stirred(pair, one, events), mask)

    def stirred(self, pair: Pair, one: socket.socket, events: int) -> None:
        """Go on with a pair of which one end can do something."""
        if one is pair.gate and events & select.EPOLLHUP:
            pair.gone = True
        self.pass_on(pair)

    def end(self, pair: Pair) -> None:
        """Close both."""
        self.pairs.discard(pair)
        for one in (pair.client, pair.gate):
            if one is not None:
                self.unwatch(one.fileno())
                one.close()

    # Names.

    def asked(self, _: int) -> None:
        """Answer a datagram."""
        try:
            question, who = self.datagrams.recvfrom(1500)
            answer = self.answer(question)
            if answer:
                self.datagrams.sendto(answer, who)
        except OSError:
            pass

    def asked_in_stream(self, client: socket.socket, held: bytearray) -> None:
        """Answer what came over TCP, behind its length."""
        try:
            piece = client.recv(4096)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            piece = b""
        held += piece
        while len(held) >= 2 and len(held) >= 2 + (held[0] << 8) + held[1]:
            size = (held[0] << 8) + held[1]
            answer = self.answer(bytes(held[2 : 2 + size]))
            del held[: 2 + size]
            try:
                client.send(struct.pack(">H", len(answer)) + answer)
            except OSError:
                piece = b""
        if not piece or len(held) > 4096:
            self.unwatch(client.fileno())
            client.close()

    def answer(self, question: bytes) -> bytes:
        """Return the answer to a question for a name (RFC 1035), empty for what is none."""
        if len(question) < 17 or question[2] & 0xF8 or question[4:6] != b"\0\1":
            return b""
        labels, at = [], 12
        while at < len(question) and question[at]:
            size = question[at]
            if size > 63 or at + 1 + size >= len(question):
                return b""
            labels.append(question[at + 1 : at + 1 + size].lower())
            at += 1 + size
        if len(question) < at + 5 or at - 12 > 254:
            return b""
        kind, family = struct.unpack(">HH", question[at + 1 : at + 5])
        asked = question[12 : at + 5]
        known = family == 1 and labels and all(LETTERS.issuperset(label) for label in labels)
        if not known or kind == PTR:
            return question[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + asked  # there is no such name
        if kind not in (A, ANY):
            return question[:2] + b"\x81\x80\0\1\0\0\0\0\0\0" + asked  # nothing of this kind
        address = self.address_of(b".".join(labels).decode("ascii"))
        return (
            question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + asked
            + b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 30, 4) + socket.inet_aton(address)
        )  # fmt: skip

    def address_of(self, name: str) -> str:
        """Return the address that stands for a name from now on, and listen there."""
        if name in LOCAL_NAMES or name.endswith(".localhost"):
            return LOOPBACK
        if name in self.names:
            self.names[name] = self.names.pop(name)  # the youngest
            return self.names[name][0]
        while self.names and self.listening + len(self.ports) > LISTENERS:
            oldest = next(iter(self.names))
            for listener in self.names.pop(oldest)[1]:
                self.accepting.pop(listener.fileno(), None)
                self.unwatch(listener.fileno())
                listener.close()
                self.listening -= 1
        self.given = self.given % 0x3FFFFE + 1
        address = socket.inet_ntoa(struct.pack(">I", NAMES + self.given))
        listeners = []
        for port in self.ports:
            try:
                listeners.append(self.listen(address, port, prelude(name, port)))
                self.listening += 1
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
                    break  # the others of this name are refused
        self.names[name] = (address, listeners)
        return address


def prelude(name: str, port: int) -> bytes:
    """Return what the gate is told of a connection whose client does not know of it."""
    return f"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\nExecgate-Direct: 1\r\n\r\n".encode(
        "ascii"
    )
