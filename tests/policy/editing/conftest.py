"""A text with the cursor in it, marked by `|`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from execgate.policy.editing import Folder

Marked = tuple[Folder, str, int, int]


@pytest.fixture(scope="session")
def marked() -> Callable[..., Marked]:
    def build(text: str, **others: str) -> Marked:
        before, _, after = text.partition("|")
        files = {"a.policy": before + after, **{f"{name}.policy": other for name, other in others.items()}}
        return Folder(files), "a.policy", before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)

    return build
