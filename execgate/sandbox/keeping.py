"""What a session keeps, and whether a program can go on with it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from execgate.errors import SessionChangedError
from execgate.model.confines import Session
from execgate.model.source import Source
from execgate.model.verdict import Authorization
from execgate.sandbox.cell import Profile
from execgate.sandbox.cells import Taken

MOST_TEXT = 250_000
"""How long the blocks of an interpreter may be together, in characters: each is judged with all before it."""


@dataclass(slots=True, eq=False)
class Kept:
    """One session: its cell, and what that holds."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    taken: Taken | None = None
    profile: Profile | None = None
    terms: object = None
    """What a living interpreter was started under, and can't be changed."""
    asked: bool = False
    """Whether the guest was asked, after the last run, if the next may come."""
    greeted: bool = False
    earlier: tuple[Source, ...] = ()
    """The texts whose names the interpreter holds, in order."""
    staged: dict[str, Source] = field(default_factory=dict)
    """The files that these could import."""
    known: dict[str, str] = field(default_factory=dict)
    """Files of the working folder by name, with the digest that host and guest last agreed on."""
    lost: str = ""
    """Why the cell before this one is gone, until a result has said so."""
    used_at: float = 0.0
    ended: bool = False

    def is_over(self) -> bool:
        """Return whether it is in the table no more; another thread may say so at any time."""
        return self.ended


def too_long(kept: Kept) -> str | None:
    """Return why no further block is judged with those of an interpreter, None where one is."""
    if sum(len(source.text) for source in kept.earlier) <= MOST_TEXT:
        return None
    return f"its blocks were longer than the {MOST_TEXT:,} characters that are judged together"


def unfit(kept: Kept, authorization: Authorization, profile: Profile) -> str | None:
    """Return why a session can't go on with a program, None where it can."""
    if kept.profile is None:
        return "its cell ended"
    if profile.packages != kept.profile.packages:
        return "packages were installed, which are mounted as a container starts"
    if profile.folder_marks != kept.profile.folder_marks:
        return "a folder of the host is another one now"
    own = kept.profile
    if replace(profile, image=own.image, preload=own.preload, confines=own.confines) != own:
        return "its policy gives it another cell now"
    if profile.image != own.image and authorization.confines.image is not None:
        return "its policy names another image now"
    if profile.image != own.image and not set(profile.preload) <= set(own.preload):
        return "its program needs another image"
    asked = terms(authorization)
    if kept.terms is not None and asked is not None and kept.terms != asked:
        return "its policy confines it in another way now"
    program = authorization.verdict.program
    for file in () if program is None else program.staged:
        if kept.staged.get(file.path, file).digest != file.digest:
            return f"{file.path} is another text now, and may have been imported already"
    return None


def check_state(kept: Kept, authorization: Authorization, profile: Profile) -> None:
    """Raise SessionChangedError where a program was judged with other texts than the session has run."""
    program = authorization.verdict.program
    if profile.session is not Session.INTERPRETER or program is None:
        return
    judged = [source.digest for source in program.earlier]
    if authorization.source.language == "python" and judged != [source.digest for source in kept.earlier]:
        why = f": {kept.lost}" if kept.lost else ""
        raise SessionChangedError(
            f"the session is not what the program was judged with any more{why}", help="judge it again"
        )


def terms(authorization: Authorization) -> object:
    """Return what a program asks of the interpreter that runs it, None where none runs it.

    A shell block of the same session is a process of its own, with walls of its own.
    """
    interpreted = authorization.confines.session is Session.INTERPRETER
    if not interpreted or authorization.source.language != "python":
        return None
    limits = authorization.limits
    return authorization.confines, limits.cpu_s, limits.file_bytes
