"""Code blocks: found in a message, and as the gate takes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from execgate.errors import SourceError
from execgate.model.source import Source

_LANGUAGES = {
    **dict.fromkeys(("python", "python3", "py"), "python"),
    **dict.fromkeys(("sh", "shell"), "sh"),
    "bash": "bash",
}
"""AutoGen's labels by the language that runs them, as its own executors have it."""

_FILENAME = re.compile(r"#[ \t]*filename:[ \t]*(\S+)[ \t]*(?:\r?\n|$)")
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}"
_PLAIN_NAME = re.compile(rf"(?!.*\.\.){_PART}(?:/{_PART}){{0,3}}")


class BlockExtractor:
    """Finds the fenced code of a message where AutoGen's own extractor does, and can't be made to fail.

    That one compiles what has no label, in this process, to guess whether it is Python.  Here it is taken for
    Python unless it looks like a command, and the gate finds out.
    """

    def extract_code_blocks(self, message: Any) -> list[Any]:
        """Return the blocks of a message's content, none where it holds no text."""
        from autogen.code_utils import CODE_BLOCK_PATTERN, content_str
        from autogen.coding import CodeBlock

        try:
            text = content_str(message)
        except Exception:  # noqa: BLE001 - what is no text holds no code
            return []
        found = re.findall(CODE_BLOCK_PATTERN, text, flags=re.DOTALL)
        return [CodeBlock(code=code, language=language or guessed(code)) for language, code in found]


def guessed(code: str) -> str:
    """Return the language of code without a label, by AutoGen's rule for commands."""
    return "sh" if code.startswith(("pip", "python ", "python3 ")) else "python"


def pairs(code_blocks: Sequence[Any]) -> list[tuple[str, str]]:
    """Return language and text of each of AutoGen's blocks."""
    return [(str(block.language or ""), str(block.code)) for block in code_blocks]


def source(language: str, text: str, number: int) -> Source | str:
    """Return the block as the gate takes it; a text that is no source is left for the gate to refuse."""
    label = language.strip().lower()
    try:
        return Source(
            text,
            file_name(text) or f"<block {number + 1}>",
            _LANGUAGES.get(label, label or "unknown"),
        )
    except SourceError:
        return text


def file_name(text: str) -> str | None:
    """Return the name that a block's first line gives it, None where it is not a plain one."""
    found = _FILENAME.match(text)
    return found[1] if found and _PLAIN_NAME.fullmatch(found[1]) else None
