"""A program's output, passed on while it runs."""

from __future__ import annotations

import codecs
import sys
import threading

from execgate.cli.console import Console, OutputError
from execgate.report.escape import visible

_KEPT = {"\n", "\t", "\r"}


class Live:
    """Passes the program's standard output and error on to ours.

    To a terminal, control sequences are shown escaped: untrusted code must not drive it.  To a file or a
    pipe, every byte is passed on unchanged.  A reader that goes away does not stop the run.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._failed: OutputError | None = None
        self._lock = threading.Lock()
        self._open_line = False
        decoder = codecs.getincrementaldecoder("utf-8")
        self._decoders = {name: decoder("backslashreplace") for name in ("stdout", "stderr")}

    def write(self, name: str, data: bytes, *, final: bool = False) -> None:
        """Pass a chunk of `stdout` or `stderr` on; never raises."""
        stream = sys.stdout if name == "stdout" else sys.stderr
        with self._lock:
            if stream is None or (self._failed is not None and name == "stdout"):
                return
            try:
                if stream.isatty():
                    text = self._decoders[name].decode(data, final)
                    style = self._console.out_style if name == "stdout" else self._console.error_style
                    shown = "".join(c if c in _KEPT else visible(c, style) for c in text)
                    stream.write(shown)
                    self._open_line = not shown.endswith("\n") if shown else self._open_line
                elif hasattr(stream, "buffer"):
                    stream.flush()
                    stream.buffer.write(data)
                else:
                    stream.write(data.decode("utf-8", "backslashreplace"))
                stream.flush()
            except (OSError, ValueError) as error:
                if name == "stdout":
                    self._failed = OutputError.of(error)

    def end(self) -> None:
        """Pass on what is left, and end the line that the program left open on a terminal."""
        for name in self._decoders:
            self.write(name, b"", final=True)
        if self._open_line:
            self.write("stderr", b"\n")

    def check(self) -> None:
        """Raise the OutputError that cut the program's output off, if one did."""
        if self._failed is not None:
            raise self._failed
