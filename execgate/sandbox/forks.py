"""Forks of the gate's process: what is open there belongs to the parent, and the child begins anew."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Heir(Protocol):
    """Holds what a forked process must not use."""

    def forget_parent(self) -> None:
        """Begin anew, in a process that has this thread alone; nothing that is shared may be told so."""
        ...


_HEIRS: weakref.WeakSet[Heir] = weakref.WeakSet()


def register(heir: Heir) -> None:
    """Have `heir` begin anew in every process that is forked from this one, as long as it lives."""
    _HEIRS.add(heir)


def _begin_anew() -> None:
    for heir in list(_HEIRS):
        heir.forget_parent()


if hasattr(os, "register_at_fork"):  # a system without forks has none to look after
    os.register_at_fork(after_in_child=_begin_anew)
