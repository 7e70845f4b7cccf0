"""The script that holds the catalogue against installed libraries, on a small library of our own."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from execgate.operations.entry import Entry, parse, read

ROOT = Path(__file__).parents[2]

PARCEL = {
    "__init__.py": """
from parcel.boxes import Box, pack, weigh

__all__ = ["Box", "pack", "weigh"]
""",
    "boxes.py": """
import os

def _write(place):
    with open(place, "w") as out:
        out.write("x")

def weigh(parcel, unit="kg"):
    return 1

def pack(parcel, where):
    _write(where)

class Box:
    def seal(self):
        return self

    def label(self, filename):
        return filename

    def ship(self):
        os.remove("/tmp/parcel")
""",
    "_inside.py": """
def hidden(path):
    return path
""",
}


@pytest.fixture(name="walk", scope="module")
def _walk() -> ModuleType:
    spec = importlib.util.spec_from_file_location("walk_of_libraries", ROOT / "scripts" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(name="parcel", autouse=True)
def _parcel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    package = tmp_path / "parcel"
    package.mkdir()
    for name, text in PARCEL.items():
        (package / name).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "parcel"]:
        del sys.modules[name]


def test_what_is_offered_is_found_once_under_its_best_name(walk: ModuleType) -> None:
    found = {subject.name: sorted(subject.names) for subject in walk.subjects("parcel")}
    assert found["parcel.pack"] == ["parcel.boxes.pack", "parcel.pack"]
    assert "parcel.Box.ship" in found
    assert not any("hidden" in name or "_write" in name for name in found)


def test_an_effect_is_smelt_in_parameters_sources_and_private_functions(walk: ModuleType) -> None:
    found = {subject.name: walk.smells(subject) for subject in walk.subjects("parcel")}
    assert found == {
        "parcel.Box": [],
        "parcel.Box.label": ["filename"],
        "parcel.Box.seal": [],
        "parcel.Box.ship": ["os.remove"],
        "parcel.pack": ["open()"],
        "parcel.weigh": [],
    }


def test_what_smells_and_is_not_listed_is_unknown(walk: ModuleType) -> None:
    found = walk.walk("parcel")
    assert found.unknown == [
        "parcel.pack: open()",
        "parcel.Box.label: filename",
        "parcel.Box.ship: os.remove",
    ]
    assert (found.plain, found.wrong) == (3, [])


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("parcel.pack(parcel, where)", []),
        ("parcel.pack(where, parcel)", ["parcel.pack: parameter 1 is `parcel`, not `where`"]),
        ("parcel.pack(parcel, where, how)", ["parcel.pack: there is no `how`"]),
        ("parcel.pack(parcel)", ["parcel.pack: `where` is missing"]),
        ("parcel.pack(parcel, *rest)", []),
    ],
)
def test_a_signature_is_wrong_where_it_would_misplace_an_argument(
    walk: ModuleType, listed: str, said: list[str]
) -> None:
    function = next(s.value for s in walk.subjects("parcel") if s.name == "parcel.pack")
    entry: Entry = parse(listed, read("parcel"))
    assert list(walk.disagreements(entry, walk.parameters(function))) == said
