"""The only place that knows where data files lie.

A wheel carries them in `execgate/_data/`; a checkout has them beside the package.  The working
directory is never looked at: whoever can write there could replace the grammar or the sandbox.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_data"
ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def path(*parts: str) -> Path:
    """Return the absolute path of a shipped file or folder, such as `path("grammar", "policy.lark")`."""
    return ROOT.joinpath(*parts)


def text(*parts: str) -> str:
    """Return a shipped file's text, decoded as UTF-8."""
    return path(*parts).read_text(encoding="utf-8")
