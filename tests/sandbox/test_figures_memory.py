"""The memory that figures come back in: after each run it is as it was before."""

import importlib
import mmap
import struct
import sys
from pathlib import Path

import pytest


@pytest.fixture
def figures(monkeypatch):
    """Import the guest's module on the host: it is of the standard library alone."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "sandbox"))
    before = set(sys.modules)
    yield importlib.import_module("execgate_guest.figures")
    for name in set(sys.modules) - before:
        if name.startswith("execgate_guest"):
            del sys.modules[name]


class Without(mmap.mmap):
    """Memory of a kernel that can't give any of it back, such as gVisor's."""

    def madvise(self, *_):
        raise OSError(38, "Function not implemented")


@pytest.mark.parametrize("kind", [mmap.mmap, Without])
@pytest.mark.parametrize("size", [1 << 20, (1 << 20) + mmap.PAGESIZE])
def test_nothing_of_a_run_stays_in_it(figures, kind, size):
    memory = kind(-1, size)
    for place in (0, 70_000, size - 1):
        memory[place : place + 1] = b"x"
    figures.clear(memory)
    assert memory[:] == bytes(size)
    memory.close()


def test_what_is_too_short_for_a_picture_is_none(figures, monkeypatch):
    memory = mmap.mmap(-1, 1 << 20)
    monkeypatch.setattr(figures, "ROOM", len(memory))
    for size, found in ((0, []), (7, []), (9, [figures.PNG + b"x"])):
        memory[:21] = struct.pack("<QI", 13, size) + figures.PNG + b"x"
        assert figures.pictures(memory) == found
    memory[:20] = struct.pack("<QI", 2**64 - 1, 2**32 - 1) + figures.PNG
    assert figures.pictures(memory) == []
    memory.close()
