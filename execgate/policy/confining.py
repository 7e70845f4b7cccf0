"""What the kernel is asked to hold of an agent's policy: never less than the policy permits, often more.

A kernel knows folders, not patterns, and no operation but reading, writing and starting.  So each pattern
becomes the folder that it starts in, and what the analysis judges exactly is judged here in the large.  What
every program needs (the files of its image, devices, temporary files) is the sandbox's to add.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypeVar, cast

from execgate.model import places
from execgate.model.confines import Confines, OnSurprise, Session
from execgate.model.program import Program
from execgate.policy.constraints import files
from execgate.policy.constraints._family import Given
from execgate.policy.constraints.capabilities import CODE_EXECUTION
from execgate.policy.constraints.running import HOST_FOLDERS, IMAGE, ON_SURPRISE, SESSION, HostFolderShape
from execgate.policy.grant import Grant
from execgate.policy.matching import hosts
from execgate.policy.matching.hosts import ANY_PORT, DEFAULT_PORTS, WEB_PORTS, HostShape
from execgate.policy.matching.pairs import Entry
from execgate.policy.matching.patterns import DEEP, EVERYTHING, Pattern

_T = TypeVar("_T")

_LOOKING = frozenset({"stat", "chmod"})
"""Operations on files for which a kernel opens nothing."""

_WRITING = frozenset({"write", "append", "create", "delete", "move", "copy", "chmod", "link"})

_MACHINE = frozenset({"/etc", "/proc", "/sys"})
"""Where a program reads what it asks of the machine."""

_USUAL = frozenset({*DEFAULT_PORTS.values(), *WEB_PORTS, 563, 4222, 9092})
"""Every port that some scheme has by itself; those of NNTP with TLS, NATS and Kafka have no entry there."""

_PYTHON = "python"

_ROOTS = frozenset({places.WORKSPACE, places.HOME})
"""Folders that are there before any program."""

_Places: TypeAlias = "frozenset[str] | None"
"""Folders and files; None is everywhere."""


def confines(grants: Mapping[str, Grant]) -> Confines:
    """Return what holds for every program of an agent; without the grant of code, nothing is permitted."""
    grant = grants.get(CODE_EXECUTION)
    if grant is None:
        return Confines()
    reads, writes = _files(grant)
    if _permitted(grant, "commands"):
        # What another program does to files is not always known: where it may be started, it may do that.
        reads = writes = None
    if _permitted(grant, "system_access"):
        reads = _together(reads, _MACHINE)
    entries = [cast("HostShape", entry.shape) for entry in _permitted(grant, "hosts")]
    ports = _joined(map(_ports, entries))
    folders = grant.lists.get(HOST_FOLDERS.name)
    return Confines(
        # To change a file is, for a kernel, often to open it for both.
        reads=_shown(_together(reads, writes)),
        writes=_shown(writes),
        commands=bool(_permitted(grant, "commands")),
        network=bool(entries),
        ports=None if ports is None else tuple(sorted(ports)),
        listens=_listens(entries),
        native=bool(_permitted(grant, "native_code")),
        session=Session(grant.values.get(SESSION.name, SESSION.default)),
        on_surprise=OnSurprise(grant.values.get(ON_SURPRISE.name, ON_SURPRISE.default)),
        host_folders=tuple(
            cast("HostFolderShape", entry.shape).folder
            for entry in (() if folders is None else folders.entries)
        ),
        image=grant.values.get(IMAGE.name),
    )


def of_program(known: Confines, program: Program) -> Confines:
    """Return what holds for one program of an agent for whose programs `known` holds.

    One in the shell starts the shell.
    """
    if program.action != CODE_EXECUTION:
        return Confines()
    if program.source.language != _PYTHON and not known.commands:
        known = dataclasses.replace(known, commands=True)
    return known


def _permitted(grant: Grant, noun: str) -> list[Entry]:
    """Return the entries of an allow list that permit something: those that no denial equals, which wins."""
    allowed, disallowed = (grant.lists.get(f"{kind}_{noun}") for kind in ("allowed", "disallowed"))
    denied = () if disallowed is None else disallowed.entries
    return [
        entry
        for entry in (() if allowed is None else allowed.entries)
        if not any(entry.shape.within(other.shape) and other.shape.within(entry.shape) for other in denied)
    ]


# --- files ------------------------------------------------------------------------------------------------


def _files(grant: Grant) -> tuple[_Places, _Places]:
    """Return where files may be read, and where they may be written to."""
    done = files.permitted(Given(grant.clause, grant.lists))
    databases = _databases(grant)
    reads: _Places = databases
    writes: _Places = databases
    patterns = None
    if "allowed_file_paths" in grant.lists:
        patterns = [entry.pattern for entry in _permitted(grant, "file_paths")]
    if done - _LOOKING:
        reads = _together(reads, None if patterns is None else _joined(map(_there, patterns)))
    if done & _WRITING:
        writes = _together(writes, None if patterns is None else _joined(map(_around, patterns)))
    return reads, writes


def _databases(grant: Grant) -> _Places:
    """Return where the files of databases lie, with what is kept beside them while they are used."""
    if not _permitted(grant, "database_operations"):
        return frozenset()
    if "allowed_databases" not in grant.lists:
        return None
    found: list[_Places] = []
    for entry in _permitted(grant, "databases"):
        kind, rest = entry.pattern[0], entry.pattern[1:]
        if entry.pattern == EVERYTHING or kind == "file":
            found.append(_around(rest))
    return _joined(found)


def _there(pattern: Pattern) -> _Places:
    """Return the folder, or the file, in which all lies that a pattern covers."""
    literal = _literal(pattern)
    return frozenset({"/" + "/".join(literal)}) if literal else None


def _around(pattern: Pattern) -> _Places:
    """Return the same, with the folder in which it may be made or removed: that belongs to the folder."""
    literal = _literal(pattern)
    path = "/" + "/".join(literal)
    whole = pattern[len(literal) :] in {(), (DEEP,)}
    if whole and len(literal) > 1 and path not in _ROOTS:
        return _there(literal[:-1])
    return _there(literal)


def _literal(pattern: Pattern) -> tuple[str, ...]:
    found: list[str] = []
    for item in pattern:
        if not isinstance(item, str):
            break
        found.append(item)
    return tuple(found)


def _together(*several: _Places) -> _Places:
    return _joined(several)


def _joined(several: Iterable[frozenset[_T] | None]) -> frozenset[_T] | None:
    """Return all that several have; None is everything, and so is it with anything."""
    found: set[_T] = set()
    for one in several:
        if one is None:
            return None
        found |= one
    return frozenset(found)


def _shown(found: _Places) -> tuple[str, ...] | None:
    """Return places in order, without those that lie in others."""
    if found is None:
        return None
    kept: list[str] = []
    for path in sorted(found, key=lambda each: (each.count("/"), each)):
        if not any(path.startswith(f"{other}/") or path == other for other in kept):
            kept.append(path)
    return tuple(sorted(kept))


# --- hosts ------------------------------------------------------------------------------------------------


def _ports(entry: HostShape) -> frozenset[int] | None:
    """Return the ports that an entry covers, None for any."""
    if isinstance(entry.port, int):
        return frozenset({entry.port})
    if entry.port == ANY_PORT or (entry.scheme is None and entry.pattern == EVERYTHING):
        return None
    if entry.scheme is None:
        return _USUAL
    port = DEFAULT_PORTS.get(entry.scheme)
    return None if port is None else frozenset({port})


def _listens(entries: Iterable[HostShape]) -> tuple[int, ...] | None:
    """Return the ports that may be listened at: those of entries that can name the sandbox itself."""
    ports = _joined(_ports(entry) for entry in entries if _is_own(entry))
    return None if ports is None else tuple(sorted(ports))


def _is_own(entry: HostShape) -> bool:
    labels = [label for label in entry.pattern if isinstance(label, str)]
    return bool(labels) and hosts.parse(".".join(reversed(labels))).guarded
