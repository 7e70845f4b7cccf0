"""What is believed of a guest: a state machine over its frames, without I/O.

1. The phases follow each other: ready (where `C` says what confines the program, once), `B` running, `P`
   collecting, `E` done.  A frame out of its phase is an error; so is anything after the end.
2. Output counts against one cap for both streams.  What is within it is kept, in order of arrival;
   the first byte beyond it is remembered as an overflow and dropped with all that follow.
3. Files are taken under caps of count and size that the guest was told; one more is an error.  Names are
   checked here, whatever the guest made of them, and a bad one is refused without ending the run.
4. A guest can claim how *its own* program ended and what it left.  It can claim nothing about limits that
   the gate keeps itself (time, output) and nothing that names a place on the host.
"""

from __future__ import annotations

import enum
import json
import re
import struct
from dataclasses import dataclass

from execgate.model.execution import Artifact
from execgate.sandbox.files import Caps, escaped, name_fault
from execgate.sandbox.frames import Frame, GuestError

_ENDING = struct.Struct(">i?BIIQI")

_REFUSALS = {
    1: "not a regular file",
    2: "too large: the files that come back are at most {bytes:,} bytes together",
    3: "too many: at most {count} files come back",
    4: "too deep below the working folder",
    5: "can't be read",
    7: "sparse: most of it was never written",
}
_UNSEEN = 6
_PIECES = frozenset((b"1", b"2", b"O", b"D"))
"""Frames of which there may be any number, as long as what they bring fits its cap."""
_MECHANISMS = 16
_MECHANISM = re.compile(r"[a-z_]{1,32}")


class Phase(enum.Enum):
    """How far a guest has come."""

    READY = "ready"
    RUNNING = "running"
    COLLECTING = "collecting"
    DONE = "done"


class Want(enum.Enum):
    """What the exception that ended the program says it ran out of."""

    NOTHING = 0
    DISK = 1
    PROCESSES = 2
    MEMORY = 3
    FILE_SIZE = 4
    FILES = 5


@dataclass(frozen=True, slots=True)
class Ending:
    """How a guest says its program ended: `code` is a status, or minus a signal.

    `disk_bytes` and `files` are what lay in the places that can be written to.
    """

    code: int
    stopped: bool
    want: Want
    memory_kills: int
    refused_processes: int
    disk_bytes: int = 0
    files: int = 0


class FailureError(Exception):
    """The guest says that it could not do the job; the program did not begin."""

    def __init__(self, message: str, *, disk: bool) -> None:
        super().__init__(message)
        self.disk = disk


class Transcript:
    """Everything that one guest said, as far as it may be believed."""

    def __init__(self, output_bytes: int, caps: Caps) -> None:
        self.phase = Phase.READY
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.overflowed = False
        self.ending: Ending | None = None
        self.rejected: list[str] = []
        self.in_force: dict[str, str] = {}
        self._room = output_bytes
        self._caps = caps
        self._files: list[tuple[str | None, bytearray]] = []
        self._file_bytes = 0
        self._names: set[str] = set()

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """The files that were sent whole under an acceptable name; none before the guest is done."""
        if self.phase is not Phase.DONE:
            return ()
        return tuple(Artifact(name, bytes(data)) for name, data in self._files if name is not None)

    def receive(self, frame: Frame) -> tuple[str, bytes] | None:
        """Take one frame in; return (stream, bytes) where it is output within the cap.

        Raises GuestError where it can't be believed, FailureError where the guest gives up.
        """
        kind, payload = frame.kind, frame.payload
        if kind == b"R":
            raise GuestError(f"a greeting while {self.phase.value}")
        if not payload and kind in _PIECES:
            raise GuestError("a piece of nothing")
        if kind in (b"1", b"2"):
            self._expect(Phase.RUNNING)
            return self._output("stdout" if kind == b"1" else "stderr", payload)
        if kind == b"!":
            self._expect(Phase.READY)
            text = payload[1:].decode("utf-8", "replace")
            raise FailureError(escaped(text, 200) or "no reason given", disk=payload[:1] == b"d")
        if kind == b"C":
            self._expect(Phase.READY)
            self._confined(payload)
        elif kind == b"B":
            self._expect(Phase.READY)
            self.phase = Phase.RUNNING
        elif kind == b"O":
            self._expect(Phase.RUNNING)  # what it says is for the observer
        elif kind == b"P":
            self._expect(Phase.RUNNING)
            self._ended(payload)
        else:
            self._expect(Phase.COLLECTING)
            self._file(kind, payload)
        return None

    def _confined(self, payload: bytes) -> None:
        """Take what the guest says that it set: a few short words by mechanism, once."""
        try:
            said = json.loads(payload)
        except (ValueError, RecursionError):
            said = None
        if self.in_force or not isinstance(said, dict) or not 0 < len(said) <= _MECHANISMS:
            raise GuestError("no account of what confines the program")
        for mechanism, words in said.items():
            if not isinstance(words, str) or not _MECHANISM.fullmatch(mechanism):
                raise GuestError("no mechanism that confines a program")
            self.in_force[mechanism] = escaped(words, 200)

    def _expect(self, phase: Phase) -> None:
        if self.phase is not phase:
            raise GuestError(f"a frame of {phase.value} while {self.phase.value}")

    def _output(self, stream: str, data: bytes) -> tuple[str, bytes] | None:
        kept = data[: self._room]
        self._room -= len(kept)
        self.overflowed = self.overflowed or len(kept) < len(data)
        (self.stdout if stream == "stdout" else self.stderr).extend(kept)
        return (stream, kept) if kept else None

    def _ended(self, payload: bytes) -> None:
        if len(payload) != _ENDING.size:
            raise GuestError("an ending of the wrong size")
        code, stopped, want, *counts = _ENDING.unpack(payload)
        if not -64 <= code <= 255 or want >= len(Want):
            raise GuestError("an ending that no program has")
        self.ending = Ending(code, stopped, Want(want), *counts)
        self.phase = Phase.COLLECTING

    def _file(self, kind: bytes, payload: bytes) -> None:
        if kind == b"E":
            self.phase = Phase.DONE
        elif kind == b"F":
            if len(self._files) >= self._caps.count:
                raise GuestError(f"more than {self._caps.count} files")
            self._files.append((self._accepted(payload), bytearray()))
        elif kind == b"D":
            self._file_bytes += len(payload)
            if not self._files or self._file_bytes > self._caps.total_bytes:
                raise GuestError("more of a file than it may send")
            name, data = self._files[-1]
            if name is not None:
                data.extend(payload)
        elif kind == b"X":
            self._refused(payload)

    def _accepted(self, raw: bytes) -> str | None:
        """Return the name of a file that may be taken; None, with a note, for one that may not."""
        name = raw.decode("utf-8", "surrogateescape")
        fault = name_fault(name)
        if fault is None and name in self._names:
            fault = "sent twice"
        if fault is not None:
            self._reject(name, fault)
            return None
        self._names.add(name)
        return name

    def _refused(self, payload: bytes) -> None:
        if not payload:
            raise GuestError("a refusal of nothing")
        why, name = payload[0], payload[1:].decode("utf-8", "surrogateescape")
        if why == _UNSEEN:
            number = name if name.isascii() and name.isdigit() and len(name) < 10 else "some"
            self._note(f"{number} more were not taken: too many entries")
        elif why in _REFUSALS:
            caps = self._caps
            self._reject(name, _REFUSALS[why].format(count=caps.count, bytes=caps.total_bytes))
        else:
            raise GuestError("a refusal for no known reason")

    def _reject(self, name: str, why: str) -> None:
        self._note(f"{escaped(name, 200)}: {why}")

    def _note(self, line: str) -> None:
        if len(self.rejected) >= 2 * self._caps.count + 2:
            raise GuestError("more refusals than there can be")
        self.rejected.append(line)
