"""What went into which file, and which files are run."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

import libcst as cst

from execgate.analysis.holes import flatten
from execgate.analysis.values import Anything, Obj, Value, alternatives
from execgate.model.places import WORKSPACE
from execgate.model.values import Text, Unknown
from execgate.operations.types import FILES

MAX_PIECES = 256
"""How many pieces of one file are told apart before its text counts as unknown."""

MAX_FILES = 512
"""How many files are remembered; what goes into more of them is only judged as being written."""

NOWHERE = -1
"""No branch: something of which it is not certain that it happens, and how often."""

_HOLDING = ("file", "filename", "path", "self", "fd", "name", "raw", "buffer", "stream")
"""The fields under which open files keep what they were opened on."""

_CHANGES = frozenset("wax+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the program something was done to a file, and by which function."""

    node: cst.CSTNode
    statement: cst.CSTNode | None
    via: str


@dataclass(slots=True)
class Piece:
    """One text that goes into a file."""

    value: Value
    branch: int
    """Where the program was: pieces of one branch follow each other, others may be missing or repeated."""
    place: Place
    fresh: bool = False
    """Whether nothing that was in the file before is left."""


@dataclass(frozen=True, slots=True)
class Run:
    """A file is run, by an interpreter of `language`, or by what its first line says."""

    language: str | None
    place: Place


@dataclass(slots=True)
class Written:
    """The files of one program; each file's pieces stand under what was opened to write them."""

    files: dict[str, dict[object, list[Piece]]] = field(default_factory=dict)
    runs: dict[str, list[Run]] = field(default_factory=dict)
    openings: dict[int, tuple[Obj, int]] = field(default_factory=dict)
    gone: dict[int, tuple[Obj, Place]] = field(default_factory=dict)
    """Open files that went where they are not followed."""
    judged: set[object] = field(default_factory=set)
    """What was judged already."""

    def let_go(self, value: Obj, node: cst.CSTNode, statement: cst.CSTNode | None) -> None:
        """Note that an open file goes where what is written into it is not seen."""
        if value.fields and not is_read_only(value):
            self.gone[id(value)] = (value, Place(node, statement, value.type))

    def opened(self, value: Obj, branch: int) -> None:
        """Note on which branch a file was opened."""
        self.openings[id(value)] = (value, branch)

    def put(self, into: list[Text], piece: Piece, opening: object) -> None:
        """Note that a piece goes into one of several files, behind what came from the same opening."""
        value, place = piece.value, piece.place
        certain = piece.branch if len(into) == 1 else NOWHERE
        for path in into:
            key = located(path)
            if key is None or (key not in self.files and len(self.files) >= MAX_FILES):
                continue
            pieces = self.files.setdefault(key, {}).setdefault(opening, [])
            if len(pieces) < MAX_PIECES:
                pieces.append(Piece(value, certain, place, piece.fresh))
            else:
                pieces[-1].value = Anything("it is written in too many pieces")

    def run(self, path: Text, language: str | None, place: Place) -> None:
        """Note that a file is run."""
        key = located(path)
        if key is not None:
            runs = self.runs.setdefault(key, [])
            if not any(run.language == language and run.place.node is place.node for run in runs):
                runs.append(Run(language, place))

    def contents(self, paths: list[Text]) -> list[Piece]:
        """Return what the program wrote into a file, or into one of several."""
        found: list[Piece] = []
        for path in paths:
            key = located(path)
            for pieces in self.files.get(key, {}).values() if key is not None else ():
                found += pieces
        return found


def located(path: Text) -> str | None:
    """Return a path from the root, with marks for its holes; None where nothing is known of it."""
    flat = None if isinstance(path, Unknown) else flatten(path)
    if not flat:
        return None
    return posixpath.normpath(flat if flat.startswith("~") else posixpath.join(WORKSPACE, flat))


def opened_on(value: Obj) -> Value | None:
    """Return the path on which an open file was opened, None where it is none that has a path."""
    for name in _HOLDING:
        held = value.fields.get(name)
        if held is None:
            continue
        return opened_on(held) if isinstance(held, Obj) and held.type in FILES else held
    return None


def replaces(value: Obj) -> bool:
    """Return whether opening a file certainly emptied it."""
    letters = getattr(value.fields.get("mode"), "value", None)
    return isinstance(letters, str) and bool(set("wx") & set(letters))


def is_read_only(value: Obj) -> bool:
    """Return whether a file was certainly opened for reading alone."""
    mode = value.fields.get("mode")
    if mode is None:
        return "file" in value.fields or "self" in value.fields
    return all(
        isinstance(letters := getattr(alternative, "value", None), str) and not _CHANGES & set(letters)
        for alternative in alternatives(mode)
    )
