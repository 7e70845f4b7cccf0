"""What a program finds installed: a layer of packages, and the list of fonts that was made ahead."""

# Every import costs every cell its time, so there is neither pathlib nor contextlib here.
# ruff: noqa: PTH103, PTH118, PTH208, PTH211

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FONTS = "/opt/execgate/fonts"


def furnish() -> None:
    """Give matplotlib its list of fonts where it looks for it: a folder that it can write to."""
    try:
        names = os.listdir(FONTS)
    except OSError:
        return
    if not names:
        return
    folder = os.path.join(os.environ.get("HOME", "/home/agent"), ".cache/matplotlib")
    try:
        os.makedirs(folder, exist_ok=True)
        for name in names:
            os.symlink(os.path.join(FONTS, name), os.path.join(folder, name))
    except OSError:
        return  # it makes one itself


def offer(packages: dict[str, Any] | None) -> None:
    """Let this program, and Python that it starts, import what was installed for it, and `pip` tell of it.

    `packages` are those that were not installed, with why; None where none were asked for.
    """
    if packages is None:
        return
    os.environ["EXECGATE_PACKAGES"] = json.dumps({"refused": packages})
    guard = sys.modules.get("execgate_guard")
    if guard is not None:
        guard.offer()
