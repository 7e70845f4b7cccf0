"""One policy text and the places in it; how policy files are found and read."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.problems import Problems, visible

MAX_BYTES = 1 << 20
"""How much policy is read at once, over all files, in bytes of UTF-8."""

SUFFIX = ".policy"

# What makes a terminal or an editor show another text than is parsed: controls, bidi marks, and what ends a
# line for some and not for others.  In a comment they could hide a constraint, or show one that is none.
_DECEIVING = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)"
)


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy as text; `file` is how people know it."""

    file: str
    text: str
    lines: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(line.rstrip("\r") for line in self.text.split("\n")))

    def clause(self, span: Span) -> Clause:
        """Return the place with its first line."""
        return Clause(self.file, span, self.lines[span.line - 1])


def decode(data: bytes, file: str, problems: Problems) -> PolicyText | None:
    """Return the text that `data` holds."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.whole(
            file, f"not UTF-8: byte 0x{data[error.start]:02x} on line {line}", "save the file as UTF-8"
        )
        return None
    return check(text, file, problems)


def check(text: str, file: str, problems: Problems) -> PolicyText | None:
    """Return `text` as a policy text, without a byte order mark, unless it could not stand in a file."""
    text = text.removeprefix("\ufeff")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        problems.whole(file, f"not a text: lone surrogate at character {error.start}")
        return None
    if size > MAX_BYTES:
        problems.whole(file, f"too large: {size:,} bytes, at most {MAX_BYTES:,} are read")
        return None
    if "\0" in text:
        problems.whole(file, f"not a text: NUL byte on line {text.count(chr(10), 0, text.index(chr(0))) + 1}")
        return None
    policy = PolicyText(file, text)
    deceiving = list(_DECEIVING.finditer(text))
    for found in deceiving:
        line, start = text.count("\n", 0, found.start()) + 1, text.rfind("\n", 0, found.start()) + 1
        column = found.start() - start
        problems.at(
            policy.clause(Span(line, column, line, column + 1)),
            f"a character that can hide or reorder what is shown: `{visible(found[0])}`",
            "remove it; in a string, write it as an escape",
        )
    return None if deceiving else policy


def read(path: Path, problems: Problems) -> list[PolicyText]:
    """Return the policies of a file, or of every `*.policy` file of a folder, by name.

    Hidden files (an editor's) are no policies.  What can't be read is a problem, never skipped.
    """
    texts = [decode(data, name, problems) for name, data in gather(path, problems)]
    return [text for text in texts if text is not None]


def gather(path: Path, problems: Problems, shown: Path | None = None) -> list[tuple[str, bytes]]:
    """Return name and content of each file that `read` takes; `shown` is how people know `path`."""
    shown = path if shown is None else shown
    try:
        names = files(path)
    except (OSError, ValueError) as error:
        problems.whole(str(shown), *_unreadable(error))
        return []
    if not names:
        problems.whole(str(shown), f"no policies: the folder holds no *{SUFFIX} file", "name a policy file")
    found = []
    left = MAX_BYTES
    for name in names:
        data = _bytes(path / name, str(shown / name), left, problems)
        if data is not None:
            left -= len(data)
            found.append((str(shown / name), data))
    return found


def files(path: Path) -> list[str]:
    """Return the names of a folder's policy files, sorted, and `""` for what is no folder; raises OSError."""
    if not stat.S_ISDIR(path.stat().st_mode):
        return [""]
    return sorted(entry.name for entry in path.iterdir() if is_policy(entry.name))


def is_policy(name: str) -> bool:
    """Return whether a file of this name in a folder is a policy; hidden ones are an editor's."""
    return name.endswith(SUFFIX) and not name.startswith(".")


def _bytes(file: Path, name: str, left: int, problems: Problems) -> bytes | None:
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            problems.whole(name, "a folder, not a policy file", "rename the folder, or move it elsewhere")
            return None
        if not stat.S_ISREG(mode):
            problems.whole(name, "not a regular file", "name a policy file")
            return None
        with file.open("rb") as stream:
            data = stream.read(left + 1)
    except OSError as error:
        problems.whole(name, *_unreadable(error))
        return None
    if len(data) > left:
        problems.whole(
            name,
            f"too large: at most {MAX_BYTES:,} bytes of policy are read",
            "split the policy, and load the agents that are needed",
        )
        return None
    return data


def _unreadable(error: OSError | ValueError) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder", "name a policy file, or a folder of *.policy files"
    if isinstance(error, PermissionError):
        return "may not be read: permission denied", "let this user read it"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else visible(str(error))
    return f"can't be read: {reason.lower()}", "name a policy file, or a folder of *.policy files"
