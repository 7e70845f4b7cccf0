"""What a policy says about how a program runs, beside its limits: what the sandbox confines it by."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any


class Session(str, enum.Enum):
    """What the code blocks of one agent in one conversation share; each permits what stands before it.

    Nothing is ever shared between agents, or between conversations.
    """

    NONE = "none"
    """Nothing: every run gets a container of its own."""
    CLEAN = "clean"
    """The container, one run after the other: each is a process of its own user, and nothing of it stays."""
    FILES = "files"
    """The files of the working folder, too."""
    INTERPRETER = "interpreter"
    """And the state of the interpreter: names that one block defines are there for the next."""


class OnSurprise(str, enum.Enum):
    """What happens where a program does what the analysis did not foresee."""

    RECORD = "record"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class HostFolder:
    """A folder of the host that a program may read: `source` on the host, absolute, `target` inside."""

    source: str
    target: str

    def to_json(self) -> dict[str, Any]:
        """Return both paths."""
        return {"source": self.source, "target": self.target}


@dataclass(frozen=True, slots=True)
class Confines:
    """What the kernel lets a program do, as far as a kernel can tell; the default is nothing.

    `reads` and `writes` are files and folders inside, absolute, with all below them; None is every place of
    the sandbox.  They are at least as wide as the policy's patterns, which the analysis has judged exactly.
    `ports` are those that may be connected to, through the proxy; None is any.  `listens` are those that may
    be listened at.
    """

    reads: tuple[str, ...] | None = ()
    writes: tuple[str, ...] | None = ()
    commands: bool = False
    """Whether programs may be started."""
    network: bool = False
    """Whether any host may be reached."""
    ports: tuple[int, ...] | None = ()
    listens: tuple[int, ...] | None = ()
    native: bool = False
    """Whether code below the rules of Python is permitted."""
    session: Session = Session.NONE
    on_surprise: OnSurprise = OnSurprise.RECORD
    host_folders: tuple[HostFolder, ...] = ()
    image: str | None = None
    """The image's name, None for the one that fits the program."""

    def to_json(self) -> dict[str, Any]:
        """Return every field under its name, null where there is no bound."""
        return {
            "reads": None if self.reads is None else list(self.reads),
            "writes": None if self.writes is None else list(self.writes),
            "commands": self.commands,
            "network": self.network,
            "ports": None if self.ports is None else list(self.ports),
            "listens": None if self.listens is None else list(self.listens),
            "native": self.native,
            "session": self.session.value,
            "on_surprise": self.on_surprise.value,
            "host_folders": [folder.to_json() for folder in self.host_folders],
            "image": self.image,
        }


OPEN = Confines(reads=None, writes=None, commands=True, network=True, ports=None, listens=None, native=True)
"""The widest a kernel can be told: every file, command, port and library; for programs of no policy.

The container holds what it holds all the same, there is no session, and a surprise is recorded.
"""
