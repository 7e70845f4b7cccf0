"""The supervisor's half of watching: takes in what is seen, each thing once, and hands it on under caps.

What comes through the program's pipe was written by the program's process, so it is checked: a line that the
hook does not write is itself what is told.
"""

from __future__ import annotations

import json
import os
import re
from time import monotonic

from execgate_guest import kernel
from execgate_guest.notify import Listener

TYPE_CHECKING = False
if TYPE_CHECKING:
    import select

    from execgate_guest.stream import Stream

PIECE = 1 << 16
PIECES = 16
"""How many pieces a pipe holds that its writers made as large as they may."""
PATIENCE_S = 0.02
"""How long what was seen may wait for more of it."""
LINES = 20_000
"""How many different things are told of a run; then one more line says that there were more."""
BYTES = 4 << 20
LONGEST = 4096
FORGED = b'["watch.forged",[],0,[],0]'
LOST = b'["watch.lost",[],0,[],0]'
OVERRUN = b'["watch.overrun",[],0,[],0]'
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./]{0,79}")


class Witness:
    """What was seen of one program: by the hook, which writes into a pipe, and by the kernel's listener."""

    def __init__(self, host: Stream, pipe: int, runner: int, listener: int = -1) -> None:
        self.host = host
        self.pipe = pipe
        self.listener = Listener(listener, self, kernel.numbers()) if listener >= 0 else None
        self.sources = (pipe,) if self.listener is None else (pipe, listener)
        self.runner = runner
        self.pending = bytearray()
        self.ready = bytearray()
        self.told: set[bytes] = set()
        self.bytes = 0
        self.due = 0.0
        self.omitted = 0
        os.set_blocking(pipe, False)

    def look(self, source: int, *, hung_up: bool) -> bool:
        """Take in what a source has; return False where nothing more will come from it."""
        if self.listener is None or source != self.listener.fd:
            return self.read()
        if not hung_up:
            self.listener.answer()
        return not hung_up

    def wait(self, poll: select.poll) -> list[tuple[int, int]]:
        """Return what `poll` has to tell, and hand on in time what was taken in: several things together."""
        found = poll.poll(PATIENCE_S * 1000 if self.ready else None)
        if self.ready and monotonic() >= self.due:
            self.flush()
        return found

    def read(self) -> bool:
        """Take in what the hook has written; return False where nothing more will come.

        No more at once than a pipe holds: who writes as fast as is read must not keep the host waiting.
        """
        for _ in range(PIECES):
            try:
                piece = os.read(self.pipe, PIECE)
            except BlockingIOError:
                return True
            if not piece:
                if _command_line(self.runner) == _command_line(0):
                    self.note(LOST)  # neither ended nor become another program: it was closed
                return False
            self.pending += piece
            *lines, rest = bytes(self.pending).split(b"\n")
            self.pending = bytearray(rest)
            for line in lines:
                if line not in self.told:  # whose form is nobody's business once there are too many
                    self.note(line if self.omitted or is_of_hook(line) else FORGED)
            if len(self.pending) > LONGEST:
                self.pending.clear()
                self.note(FORGED)
        return True

    def note(self, line: bytes) -> None:
        """Tell one thing, unless it was told before."""
        if line in self.told:
            return
        if len(self.told) >= LINES or self.bytes + len(line) > BYTES:
            self.omitted += 1
            if self.omitted > 1:
                return
            line = OVERRUN
        else:
            self.told.add(line)
        self.bytes += len(line) + 1
        if not self.ready:
            self.due = monotonic() + PATIENCE_S
        if len(self.ready) + len(line) >= PIECE:
            self.flush()
        self.ready += line + b"\n"

    def flush(self) -> None:
        """Send what is waiting."""
        if self.ready:
            self.host.send(b"O", bytes(self.ready))
            self.ready.clear()

    def end(self) -> None:
        """Tell what is left, now that nothing of the program lives."""
        self.read()
        if self.pending:
            self.note(FORGED)
        if self.omitted:
            self.flush()
            self.ready += b'["watch.omitted",[%d],0,[],0]\n' % self.omitted
        self.flush()


def is_of_hook(line: bytes) -> bool:
    """Return whether the hook can have written a line; the rest is for the host to judge."""
    if len(line) > LONGEST:
        return False
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(found, list) or len(found) != 5:
        return False
    name, arguments, number, through, marks = found
    return (
        isinstance(name, str)
        and _NAME.fullmatch(name) is not None
        and not name.startswith("watch.omitted")
        and isinstance(arguments, list)
        and len(arguments) <= 8
        and all(map(_is_argument, arguments))
        and type(number) is int
        and 0 <= number < 1 << 24
        and isinstance(through, list)
        and len(through) <= 16
        and all(isinstance(one, str) and len(one) <= 200 for one in through)
        and type(marks) is int
        and marks in (0, 1)
    )


def _is_argument(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= 42 and all(map(_is_simple, value))
    return _is_simple(value)


def _is_simple(value: object) -> bool:
    if type(value) is int:
        return abs(value) < 1 << 63
    return value is None or isinstance(value, (bool, str))


def _command_line(pid: int) -> bytes:
    try:
        fd = os.open(f"/proc/{pid or 'self'}/cmdline", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(fd, 4096)
    except OSError:
        return b""
    finally:
        os.close(fd)
