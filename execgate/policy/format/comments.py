"""What stands between two words of a policy: spaces, line breaks and comments."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECE = re.compile(r"//[^\n]*|#[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|\n")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `breaks` is the number of line breaks before it, since the last comment or word."""

    text: str
    breaks: int

    @property
    def ends_line(self) -> bool:
        """Whether it reaches to the end of its line."""
        return not self.text.startswith("/*")

    @property
    def tall(self) -> bool:
        """Whether nothing can stand on one line with it and what follows."""
        return self.ends_line or "\n" in self.text


@dataclass(frozen=True, slots=True)
class Gap:
    """The comments between two words, and the line breaks behind the last."""

    comments: tuple[Comment, ...]
    breaks: int

    @property
    def tall(self) -> bool:
        """Whether one of the comments needs a line of its own, or ends it."""
        return any(comment.tall for comment in self.comments)


def read(text: str) -> Gap:
    """Return what a text between two words holds."""
    found: list[Comment] = []
    breaks = 0
    for piece in _PIECE.findall(text):
        if piece == "\n":
            breaks += 1
        else:
            lines = piece.split("\n")
            found.append(Comment("\n".join([*lines[:-1], lines[-1].rstrip()]), breaks))
            breaks = 0
    return Gap(tuple(found), breaks)


def joined(one: Gap, other: Gap) -> Gap:
    """Return two gaps as one, where what stands between them is moved before them."""
    if not other.comments:
        return Gap(one.comments, one.breaks + other.breaks)
    first, *rest = other.comments
    return Gap((*one.comments, Comment(first.text, one.breaks + first.breaks), *rest), other.breaks)
