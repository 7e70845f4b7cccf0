"""A program's output, passed on while it runs."""

from __future__ import annotations

import codecs
import re
import sys

from execgate.cli.console import Console, OutputError, write_all
from execgate.report.escape import visible

_KEPT = re.compile(r"([\n\t\r])")


class Live:
    """Passes the program's standard output and error on to ours.

    To a terminal, control sequences are shown escaped: untrusted code must not drive it.  To a file or a
    pipe, every byte is passed on unchanged.  A reader that goes away does not stop the run.
    """

    def __init__(self, console: Console) -> None:
        self._styles = {"stdout": console.out_style, "stderr": console.error_style}
        self._failed: OutputError | None = None
        self._open_line: str | None = None
        decoder = codecs.getincrementaldecoder("utf-8")
        self._decoders = {name: decoder("backslashreplace") for name in self._styles}

    def write(self, name: str, data: bytes) -> None:
        """Pass a chunk of `stdout` or `stderr` on; never raises."""
        self._write(name, data, final=False)

    def end(self) -> None:
        """Pass on what is left, and end the line that the program left open on a terminal."""
        for name in self._decoders:
            self._write(name, b"", final=True)
        if self._open_line is not None:
            self._write(self._open_line, b"\n", final=True)

    def _write(self, name: str, data: bytes, *, final: bool) -> None:
        stream = sys.stdout if name == "stdout" else sys.stderr
        if self._failed is not None and name == "stdout":
            return
        if stream is None:
            if data and name == "stdout":
                self._failed = OutputError("it is closed")
            return
        try:
            if stream.isatty():
                text = self._decoders[name].decode(data, final)
                if text:
                    stream.write(self._shown(text, name))
                    self._open_line = None if text.endswith("\n") else name
            elif hasattr(stream, "buffer"):
                stream.flush()
                write_all(stream.buffer, data)
            else:
                stream.write(data.decode("utf-8", "backslashreplace"))
            stream.flush()
        except (OSError, ValueError) as error:
            if name == "stdout":
                self._failed = OutputError.of(error)

    def _shown(self, text: str, name: str) -> str:
        style = self._styles[name]
        return "".join(part if _KEPT.match(part) else visible(part, style) for part in _KEPT.split(text))

    def check(self) -> None:
        """Raise the OutputError that cut the program's output off, if one did."""
        if self._failed is not None:
            raise self._failed
