"""The three standard streams: findings out, everything else to standard error, and no traceback."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import sys
from typing import BinaryIO, TextIO

from execgate.errors import ExecgateError, PolicyError
from execgate.report.escape import Style, visible

PROGRAM = "execgate"


class OutputError(ExecgateError):
    """Standard output can't be written; `broken_pipe` where its reader is gone, which is no news."""

    def __init__(self, why: str, *, broken_pipe: bool = False) -> None:
        super().__init__(f"can't write to standard output: {why}")
        self.broken_pipe = broken_pipe

    @classmethod
    def of(cls, error: OSError | ValueError) -> OutputError:
        """Return the error that a write failed with."""
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return cls(why, broken_pipe=isinstance(error, BrokenPipeError))


class Console:
    """Writes for one run of the command; text that a stream's encoding can't hold is escaped."""

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            # What can't be encoded is shown escaped instead of ending the command.
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")
        self.out_style = _style(sys.stdout)
        self.error_style = _style(sys.stderr)
        self.shows_progress = (
            sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        )
        self._progress = False

    def out(self, text: str | bytes) -> None:
        """Write findings to standard output, bytes as they are; raises OutputError."""
        if not text:
            return
        self.end_progress()
        if sys.stdout is None:
            raise OutputError("it is closed")
        try:
            binary = getattr(sys.stdout, "buffer", None)
            if binary is None:
                sys.stdout.write(text if isinstance(text, str) else text.decode("utf-8"))
            else:
                encoding = sys.stdout.encoding
                write_all(
                    binary, text if isinstance(text, bytes) else text.encode(encoding, "backslashreplace")
                )
            sys.stdout.flush()
        except (OSError, ValueError) as error:
            raise OutputError.of(error) from error

    def flush(self) -> None:
        """Make sure that all findings are written; raises OutputError."""
        if sys.stdout is None:
            return
        try:
            sys.stdout.flush()
        except (OSError, ValueError) as error:
            raise OutputError.of(error) from error

    def note(self, text: str) -> None:
        """Write one line for people to standard error."""
        self._to_stderr(f"{PROGRAM}: {text}\n")

    def error(self, error: ExecgateError) -> None:
        """Write an error to standard error, with the help there is; a policy's report is shown whole."""
        style = self.error_style
        head = f"{PROGRAM}: {style.paint('error', 'error')}: "
        if isinstance(error, PolicyError) and error.rendered != error.message:
            # The report says all that the message and the help do, each mistake with its own.
            report = "".join(f"{visible(line, style)}\n" for line in error.rendered.splitlines())
            self._to_stderr(head + report.removeprefix("error: "))
            return
        tail = f"{style.paint('help', 'help')}: {visible(error.help, style)}\n" if error.help else ""
        self._to_stderr(f"{head}{visible(error.message, style)}\n{tail}")

    def progress(self, text: str) -> None:
        """Replace the line that says what is being done; only for people who look on."""
        if self.shows_progress:
            self._to_stderr(f"\r\x1b[2K{visible(text, self.error_style, limit=70)}", progress=True)

    def end_progress(self) -> None:
        """Take the line of `progress` away."""
        if self._progress:
            self._to_stderr("")

    def _to_stderr(self, text: str, *, progress: bool = False) -> None:
        start = "\r\x1b[2K" if self._progress and not progress else ""
        self._progress = progress
        # Where not even standard error can be written there is nobody left to tell.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(start + text)
            sys.stderr.flush()


def show_traceback(error: Exception) -> None:
    """Print where `error` comes from, for whoever asked for it with EXECGATE_DEBUG=1."""
    if os.environ.get("EXECGATE_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)


def write_all(binary: BinaryIO, data: bytes) -> None:
    """Write all of `data`; an unbuffered stream writes what a pipe has room for and leaves it at that."""
    left = memoryview(data)
    while left:
        written = binary.write(left)
        if not written:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        left = left[written:]


def complete_standard_streams() -> None:
    """Point closed standard streams at nothing, so that no file that is opened later takes their place."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:  # noqa: PERF203 - three times
            # The lowest free number is the one that is closed.
            os.open(os.devnull, os.O_RDONLY if descriptor == 0 else os.O_WRONLY)


def silence_output() -> None:
    """Drop what is still buffered for standard output, so that the end of the process can't fail on it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _style(stream: TextIO | None) -> Style:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        encoding = codecs.lookup(encoding).name
    except LookupError:
        encoding = "ascii"
    return Style(colour=stream is not None and _wants_colour(stream), encoding=encoding)


def _wants_colour(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
