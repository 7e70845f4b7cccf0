"""The guest's first word: until it has come, nothing was run in a cell, whatever fails."""

from __future__ import annotations

import struct
import threading
import time

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.cell import Cell
from execgate.sandbox.files import escaped
from execgate.sandbox.frames import PROTOCOL, Frame, Frames, GuestError

START_S = 30.0
"""How long a cell may take until its guest waits for the job."""

REMAKE = "`execgate doctor` says what this machine lacks, `execgate sandbox build` makes the image anew"
"""What to do about a guest that does not do its part."""

_SLICE_S = 0.1
_PYTHON = struct.Struct(">B3B")


class NoRoomError(Exception):
    """The memory limit does not hold an interpreter."""


class CancelledError(Exception):
    """Whoever asked for the cell does not want it any more."""


def greet(cell: Cell, cancelled: threading.Event, seconds: float | None = None) -> str:
    """Wait until the guest waits for its job; return the version of its Python.

    Waits at most `seconds` (START_S if None).

    Raises SandboxUnavailableError, NoRoomError and CancelledError.
    """
    limit = START_S if seconds is None else seconds
    deadline = time.monotonic() + limit
    frames = Frames()
    try:
        while not cancelled.is_set():
            data = cell.wire.read(min(_SLICE_S, deadline - time.monotonic()))
            if data == b"":
                raise _stillborn(cell, cut_off=True, seconds=limit)
            found = list(frames.feed(data or b""))
            if found:
                return _python(found[0], alone=len(found) == 1 and not frames.is_within)
            if time.monotonic() > deadline:
                raise _stillborn(cell, cut_off=False, seconds=limit)
    except GuestError as error:
        raise not_ours(error) from error
    raise CancelledError


def not_ours(error: GuestError) -> SandboxUnavailableError:
    """Return the error of a run that was not begun, since its guest says what none of ours does."""
    return SandboxUnavailableError(f"the container's guest is not ours: {error}", help=REMAKE)


def _python(frame: Frame, *, alone: bool) -> str:
    """Return the version of Python that a first frame tells; `alone` is whether nothing came behind it."""
    if frame.kind == b"!":
        why = escaped(frame.payload[1:].decode("utf-8", "replace"), 200)
        raise SandboxUnavailableError(f"the guest could not start: {why or 'no reason given'}", help=REMAKE)
    if frame.kind != b"R":
        raise GuestError("a frame of running while starting")
    number, *python = _PYTHON.unpack(frame.payload.ljust(_PYTHON.size, b"\0"))
    if number != PROTOCOL or len(frame.payload) != _PYTHON.size:
        raise GuestError("another version of the guest")
    if not alone:
        raise GuestError("more than a greeting while starting")
    return ".".join(map(str, python))


def _stillborn(cell: Cell, *, cut_off: bool, seconds: float) -> Exception:
    state = cell.state()
    if state.out_of_memory:
        return NoRoomError()
    if not cut_off:
        silence = f"no answer within {seconds:g} s"
    elif state.running or not state.known:
        silence = "the connection to it broke"
    else:
        silence = f"it ended with status {state.status}"
    why = escaped(cell.wire.said().strip(), 300) or state.error or silence
    return SandboxUnavailableError(f"the container did not start its interpreter: {why}", help=REMAKE)
