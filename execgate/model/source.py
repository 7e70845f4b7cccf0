"""The exact text that is analysed, and that runs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from execgate.errors import SourceError

MAX_BYTES = 1 << 20
"""The largest program that is analysed, in bytes of UTF-8."""


_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}"
_PLAIN_NAME = re.compile(rf"(?!.*\.\.){_PART}(?:/{_PART}){{0,3}}")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text: lines count from 1, columns from 0 in characters, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def to_json(self) -> dict[str, int]:
        """Return the four numbers under their names."""
        return {
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
        }


LANGUAGES = ("python", "sh", "bash")
"""The languages of programs that can be judged and run."""


@dataclass(frozen=True, slots=True)
class Source:
    """One program as text, decoded once; what was analysed is what runs.

    `path` is how people know it: a file's path, or a name in angle brackets.
    """

    text: str
    path: str = "<code>"
    language: str = "python"
    digest: str = field(init=False)
    """`sha256:` and the hex digest of the text as UTF-8."""

    def __post_init__(self) -> None:
        try:
            data = self.text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise SourceError(
                f"not a text: lone surrogate at character {error.start}",
                help="pass text that can be written as UTF-8",
            ) from error
        if len(data) > MAX_BYTES:
            raise SourceError(
                f"too large: {len(data):,} bytes, at most {MAX_BYTES:,} are analysed",
                help="split the program, or hand data in as a file instead of a literal",
            )
        if "\0" in self.text:
            line = self.text.count("\n", 0, self.text.index("\0")) + 1
            raise SourceError(
                f"not a text: NUL byte on line {line}", line=line, help="remove it, or write it as an escape"
            )
        object.__setattr__(self, "digest", "sha256:" + hashlib.sha256(data).hexdigest())

    @property
    def file(self) -> str | None:
        """The name under which other programs of a call find it: its path, if that is plain and relative."""
        return self.path if _PLAIN_NAME.fullmatch(self.path) else None

    @classmethod
    def from_bytes(cls, data: bytes, path: str = "<code>", language: str = "python") -> Source:
        """Return the source that `data` holds; a byte order mark is dropped, a coding cookie ignored.

        Raises SourceError where `data` is no UTF-8, holds a NUL byte or is over MAX_BYTES.
        """
        if len(data) > MAX_BYTES:
            raise SourceError(
                f"too large: {len(data):,} bytes, at most {MAX_BYTES:,} are analysed",
                help="split the program, or hand data in as a file instead of a literal",
            )
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise SourceError(
                f"not UTF-8: byte 0x{data[error.start]:02x} on line {line}",
                line=line,
                help="save the file as UTF-8",
            ) from error
        return cls(text, path, language)
