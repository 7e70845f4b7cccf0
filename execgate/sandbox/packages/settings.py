"""Whether pip is set up for another index on this machine: it is not asked, but who misses it is told."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator
from pathlib import Path

_SECTIONS = ("global", "install", "download")
_NAMES = ("index-url", "extra-index-url")
_SYSTEM = Path("/etc/pip.conf")


def names_index_beside(url: str) -> bool:
    """Return whether pip's own settings name an index that is not `url`.

    Where they are looked for, and that the environment counts, is pip's (User Guide, "Configuration"); a file
    that can't be read names none.
    """
    known = url.rstrip("/")
    return any(one.rstrip("/") != known for value in _values() for one in value.split())


def _values() -> Iterator[str]:
    for name in _NAMES:
        yield os.environ.get(f"PIP_{name.upper().replace('-', '_')}", "")
    for path in _files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        for section in _SECTIONS:
            for name in _NAMES:
                yield parser.get(section, name, fallback="")


def _files() -> Iterator[Path]:
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - a user without a home folder is no error
    for folder in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep):
        yield Path(folder, "pip/pip.conf")
    yield _SYSTEM
    yield home / ".pip/pip.conf"
    yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "pip/pip.conf")
    yield Path(sys.prefix, "pip.conf")
    if named:
        yield Path(named)
