"""What holds for a run as a whole and is no limit: what runs share, the image, folders of the host."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from execgate.model import places
from execgate.model.confines import HostFolder, OnSurprise, Session
from execgate.policy.constraints._family import ListConstraint
from execgate.policy.constraints.capabilities import CODE_EXECUTION
from execgate.policy.constraints.limits import NameConstraint, WordConstraint
from execgate.policy.matching.pairs import BadEntryError, Shape
from execgate.policy.matching.patterns import DEEP, Pattern, contains
from execgate.policy.problems import clipped, quoted, visible

NEVER_SHOWN = ("/dev", "/proc", "/run", "/sys", "/var/run")
"""Folders of the host of which nothing can be mounted: the kernel's own, and where sockets lie."""

NEVER_COVERED = (
    *("/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/opt/execgate", "/proc"),
    *("/run", "/sbin", "/sys", "/usr", "/var/run", "/var/tmp", "/tmp"),  # noqa: S108 - inside the sandbox
    places.WORKSPACE,
    places.HOME,
)
"""Places inside that nothing is mounted over, in or around: the system's, and what programs write to."""

_BETWEEN = ":"
"""Parts the two paths of an entry; no name of either holds one."""

_AS_IN = 'write the folder and its place inside, as in "/srv/data:/data"'


@dataclass(frozen=True, slots=True)
class HostFolderShape(Shape):
    """An entry of `host_folders`, with what it says."""

    folder: HostFolder


def read_host_folder(text: str, _denies: bool) -> tuple[HostFolderShape, ...]:  # noqa: FBT001 - the reader's flag
    """Read `SOURCE:TARGET`, both absolute; raises BadEntryError for all else and for closed places."""
    source_text, separator, target_text = text.partition(_BETWEEN)
    if not separator:
        raise BadEntryError("a folder of the host without its place inside", _AS_IN)
    source, target = (_segments(each) for each in (source_text, target_text))
    folder = HostFolder("/" + "/".join(source), "/" + "/".join(target))
    if not source:
        raise BadEntryError("the whole file system of the host", "name the folder that programs need")
    closed = next((each for each in NEVER_SHOWN if _overlap(each, folder.source, around=False)), None)
    if closed is not None:
        raise BadEntryError(f"nothing in `{closed}` of the host can be mounted", "copy what programs need")
    closed = next((each for each in NEVER_COVERED if _overlap(each, folder.target)), None)
    if closed is not None:
        raise BadEntryError(
            f"nothing can be mounted where it covers `{closed}`, or lies in it",
            'choose a place such as "/data"',
        )
    # What both paths end with alike is a part of what is seen: so an entry contains another where it shows
    # all that the other does, at the same places.
    same = _common_end(source, target)
    ends = len(source) - same, len(target) - same
    pattern: Pattern = (*source[: ends[0]], _BETWEEN, *target[: ends[1]], _BETWEEN, *source[ends[0] :], DEEP)
    return (HostFolderShape(f"{folder.source}:{folder.target}", pattern, pattern, folder),)


def _segments(path: str) -> tuple[str, ...]:
    if not path.startswith("/"):
        raise BadEntryError(f"`{clipped(path)}` is no absolute path", _AS_IN)
    if _BETWEEN in path or visible(path) != path or "*" in path:
        raise BadEntryError(f"`{clipped(path)}` is no plain path of a folder", _AS_IN)
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise BadEntryError(f"`{clipped(path)}` has a `..`", "write the path without it")
    return tuple(parts)


def _overlap(one: str, other: str, *, around: bool = True) -> bool:
    """Return whether `other` is `one` or lies in it, or, if `around`, holds it."""
    return f"{other}/".startswith(f"{one}/") or (around and f"{one}/".startswith(f"{other.rstrip('/')}/"))


def _common_end(one: Sequence[str], other: Sequence[str]) -> int:
    both = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], both))


def conflict(shapes: Sequence[Shape]) -> tuple[str, str] | None:
    """Return what is wrong with several folders together, and the help: one in, or over, another's place."""
    folders = sorted({shape.folder for shape in shapes if isinstance(shape, HostFolderShape)}, key=_target)
    for one, other in itertools.pairwise(folders):  # what lies in a folder comes right behind it
        if _overlap(one.target, other.target):
            both = " and ".join(clipped(quoted(folder.target)) for folder in (one, other))
            return (
                f"two folders at one place: {both}",
                "give each a place of its own, none inside another's",
            )
    return None


def _target(folder: HostFolder) -> tuple[list[str], str]:
    return folder.target.split("/"), folder.source


SESSION = WordConstraint(
    "session", tuple(each.value for each in Session), CODE_EXECUTION, default=Session.NONE.value
)
ON_SURPRISE = WordConstraint(
    "on_surprise",
    (OnSurprise.STOP.value, OnSurprise.RECORD.value),
    CODE_EXECUTION,
    default=OnSurprise.RECORD.value,
)
IMAGE = NameConstraint(
    "image",
    # As engines name images: parts with `/`, a tag behind `:`, a digest behind `@`.
    re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9._/:@-]{0,253}[a-zA-Z0-9])?"),
    "name of an image",
    "data-science",
    CODE_EXECUTION,
)
HOST_FOLDERS = ListConstraint("host_folders", read_host_folder, conflict=conflict, grants=True)

RUNNING = (SESSION, ON_SURPRISE, IMAGE, HOST_FOLDERS)
"""What the sandbox is told of a run beside its limits."""


def uncovered(old: Sequence[Shape], new: Sequence[Shape]) -> list[Shape]:
    """Return the entries of `new` that no entry of `old` contains."""
    return [shape for shape in new if not any(contains(each.pattern, shape.pattern) for each in old)]
