"""What following a shell text brings, and how programs are started, with where that stands."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Many
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from execgate.analysis import urls
from execgate.analysis.holes import ANY, NUMBER, has_hole, restore
from execgate.analysis.shell import installs, program_table
from execgate.analysis.shell.starter_table import starter
from execgate.analysis.shell.starters import Argument, Input
from execgate.analysis.shell.state import State, normal, within
from execgate.analysis.shell.tree import Place
from execgate.analysis.work import Work
from execgate.model.operation import (
    FileOperation,
    NetworkCall,
    Operation,
    PackageInstall,
    PaymentCall,
    ProcessSpawn,
)
from execgate.model.values import Text, Unknown

MAX_DEPTH = 12
"""How many programs, functions and texts may start each other, one within the other."""

_NO_FILES = frozenset(
    (
        "",
        "/dev/null",
        "/dev/stdin",
        "/dev/stdout",
        "/dev/stderr",
        "/dev/tty",
        "/dev/zero",
        f"/dev/fd/{NUMBER}",
    )
)


_PUTTING = frozenset({"write", "append", "copy", "move", "link"})
"""The operations that put something into the last of their files."""


_PORTS = {"ssh": 22, "git": 9418}


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a shell text does, and where it stands."""

    kind: type[Operation]
    fields: tuple[tuple[str, Any], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Nested:
    """Python that a shell text runs, and where."""

    text: str
    path: str
    """The file that it is in, empty for none."""
    place: Place
    at: int | None
    """The offset at which the text begins, if it stands in the program as it is."""


@dataclass(slots=True)
class Found:
    """What following a text brought."""

    effects: dict[Effect, None] = field(default_factory=dict)
    gaps: dict[tuple[str, Place], str | None] = field(default_factory=dict)
    nested: dict[Nested, None] = field(default_factory=dict)
    aliases: list[tuple[str, ...]] = field(default_factory=list)
    """What `alias` was given, each time."""
    scripts: dict[str, Place] = field(default_factory=dict)
    """Files that are known and were run, by their path from the root on."""
    written: dict[str, dict[str | None, Place]] = field(default_factory=dict)
    """What goes into files, by their path from the root on; None for a text that is not known."""


class Notes(ABC):
    """Takes down what a shell text does, at the place that is followed."""

    def __init__(
        self, *, bash: bool, files_known: Mapping[str, str] | None = None, work: Work | None = None
    ) -> None:
        self.bash = bash
        self.found = Found()
        self.seen: list[list[Argument]] = []
        """Every argument list that was met, in order."""
        self.place: Place = (0, 0)
        self.state = State()
        self.via = "sh"
        self.prints: str | None = None
        """What goes where output is redirected to, None where it is not known."""
        self.input: Input | None = None
        """What standard input is, None where it is empty."""
        self._files_known = files_known or {}
        """The texts of files that are known, by their path from the root on."""
        self._work = Work() if work is None else work
        self._depth = 0
        self._names: list[list[Text]] = []
        self._fixed: list[Place] = []

    @property
    def shell_name(self) -> str:
        """What the shell itself is called."""
        return "bash" if self.bash else "sh"

    def step(self, pieces: int = 1) -> None:
        """Count pieces of work; raises OutOfWorkError at the bound."""
        self._work.step(pieces)

    # Where it is

    @contextmanager
    def collected(self) -> Iterator[list[Text]]:
        """Collect the names of programs, which belong to the command that starts them all."""
        self._names.append([])
        try:
            yield self._names[-1]
        finally:
            self._names.pop()

    @contextmanager
    def deeper(self) -> Iterator[bool]:
        """Go one level down; gives False where that is too deep."""
        self._depth += 1
        try:
            yield self._depth <= MAX_DEPTH
        finally:
            self._depth -= 1

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Follow something within a command, and come back to it."""
        kept = self.bash, self.place, self.state, self.via, self.input
        try:
            yield
        finally:
            self.bash, self.place, self.state, self.via, self.input = kept

    @contextmanager
    def placed(self) -> Iterator[None]:
        """Follow a text that does not stand in the program: all that it does is noted here."""
        self._fixed.append(self._here())
        try:
            yield
        finally:
            self._fixed.pop()

    @contextmanager
    def reading(self, given: Input | None) -> Iterator[None]:
        """Follow what reads from `given`, or where it is None from what there was."""
        kept = self.input
        self.input = kept if given is None else given
        try:
            yield
        finally:
            self.input = kept

    def _here(self) -> Place:
        return self._fixed[-1] if self._fixed else self.place

    # What is found

    def note(self, family: type[Operation], /, via: str = "", **fields: Any) -> None:
        """Note an operation at the current place."""
        named = tuple(sorted({"via": via or self.via, **fields}.items(), key=lambda item: item[0]))
        self.found.effects[Effect(family, named, self._here())] = None

    def gap(self, why: str, help: str | None = None) -> None:  # noqa: A002 - errors say it so
        """Note that what happens at the current place could not be named.

        Within a command that starts others, it is one more program that can't be named.
        """
        if self._names:
            self._names[-1].append(Unknown(why))
        else:
            self.found.gaps.setdefault((why, self._here()), help)

    def files(self, operation: str, paths: Many[Argument], *, recursive: bool = False) -> None:
        """Note a file operation on each of some paths, in the folders that commands can run in."""
        places = [
            place
            for path in paths
            if path not in _NO_FILES
            for place in ([ANY] if path is None else self.places(path))
        ]
        if places:
            why = Unknown("the path is only known when it runs")
            known = tuple(dict.fromkeys(why if place.startswith(ANY) else restore(place) for place in places))
            if operation in _PUTTING:
                for place in places if operation in {"write", "append"} else places[-1:]:
                    self.found.written.setdefault(normal(place), {}).setdefault(self.prints, self._here())
            deep: dict[str, Any] = {"recursive": True} if recursive else {}
            self.note(FileOperation, operation=operation, paths=known, **deep)

    def opens(self, operator: str, path: Argument) -> None:
        """Note that the shell opens a file, or what it takes for a connection."""
        connection = re.match(r"/dev/(?:tcp|udp)/([^/]*)/?(.*)", path) if path is not None else None
        if connection is not None:
            self.gap("the shell itself opens a network connection")
            self.reaches(f"{connection[1]}:{connection[2]}", method="connect")
            return
        for operation in {"<": ("read",), ">": ("write",), ">>": ("append",), "<>": ("read", "write")}[
            operator
        ]:
            self.files(operation, [path])

    def places(self, path: str) -> list[str]:
        """Return what a path can mean."""
        return list(dict.fromkeys(within(folder, path) for folder in self.state.folders))

    def reaches(self, address: Argument, *, method: str | None = None, scheme: str | None = None) -> None:
        """Note that a host is contacted, by its name or by a URL."""
        if not address or address.startswith(ANY):
            why = Unknown("the address is only known when it runs")
            self.note(NetworkCall, destination=why, port=why, scheme=why, method=method)
            return
        named, separator, rest = address.partition("://")
        if not separator:
            named, rest = scheme or "", address
        # What a host is, is the same in every scheme; of these the reader of URLs knows no port.
        port = _PORTS.get(named)
        bare = named == "" or port is not None
        parts = urls.split(restore(f"{'https' if bare else named}://{rest}"))
        if parts.scheme == "file":
            self.note(FileOperation, operation="read", paths=(parts.path,))
        elif parts.host is not None:
            self.note(
                NetworkCall,
                destination=parts.host,
                port=port if parts.port is None else parts.port,
                scheme=(named or None) if bare else parts.scheme,
                method=method,
            )
            self._pays(parts.host, parts.path, method)

    def _pays(self, host: Text, path: Text, method: str | None) -> None:
        """Note the payment that a request is; what it sends is not read."""
        from execgate.operations.payments import payment_at

        if not isinstance(host, str):
            return
        found = payment_at(host, method, str(path) if not isinstance(path, Unknown) else None)
        if found is not None:
            pays = found.pays
            unread = Unknown("what the command sends is not read")
            self.note(
                PaymentCall,
                provider=pays.provider,
                operation=pays.operation,
                amount=unread if pays.amount else None,
                currency=unread if pays.currency else None,
                recipient=unread if pays.recipient else None,
                customer=unread if pays.customer else None,
            )

    # Programs

    def spawn(self, words: Many[str]) -> None:
        """Note that a program is started, and what it does."""
        arguments: list[Argument] = [None if word.startswith(ANY) else word for word in words]
        if self._names:
            self._names[-1] += self.argv(arguments)
            return
        with self.collected() as names:
            names.extend(self.argv(arguments))
        why = Unknown("a word of the command is only known when it runs")
        command = tuple(why if word == ANY else restore(word) for word in words)
        started = tuple(dict.fromkeys(names))
        self.note(ProcessSpawn, via=self.shell_name, command=command, shell=False, programs=started)

    def argv_of(self, arguments: Many[Argument]) -> list[Text]:
        """Follow an argument list and return the programs in it."""
        with self.collected() as names:
            names.extend(self.argv(arguments))
        return names

    def argv(self, arguments: Many[Argument]) -> list[Text]:
        """Return the program of an argument list and those that it starts, and note what they do."""
        if not arguments:
            return []
        program = arguments[0]
        if program is None:
            return [Unknown("which program is started is only known when it runs")]
        if program.startswith("~"):
            return [Unknown("the program lies in a home folder")]
        if has_hole(program) or not program:
            return [restore(program), Unknown("which program is started is only known when it runs")]
        with self.deeper() as fits, self.inside():
            if not fits:
                return [program, Unknown("programs that start each other are nested too deeply")]
            self.step()
            self.seen.append(list(arguments))
            self.via = program
            rest = list(arguments[1:])
            found = self._own_script(program, rest)
            if found is None:
                self._acts(program, rest)
                reads = starter(program)
                found = reads(self, rest) if reads is not None else []
        if "/" in program and not program.startswith("/") and self.state.folders != ("",):
            found.append(Unknown("the folder that a program is relative to is only known when it runs"))
        return [program, *found]

    def _own_script(self, program: str, arguments: list[Argument]) -> list[Text] | None:
        """Return what a file that is known does when it is started as a program, None for any other."""
        if "/" not in program:
            return None
        text = self.staged(program)
        if text is not None:
            return self._by_first_line(text, program, arguments)
        puts = [put for place in self.places(program) for put in self.found.written.get(normal(place), {})]
        found: list[Text] = []
        for put in puts:
            if put is None:
                found.append(Unknown("what was put into the program that is started is not known"))
            else:
                found += self._by_first_line(put, program, arguments)
        return found if puts else None

    def _by_first_line(self, text: str, program: str, arguments: list[Argument]) -> list[Text]:
        """Return what a text does that is started as a program, in the language that its first line names."""
        first = text.partition("\n")[0]
        if re.fullmatch(r"#!\s*(?:/usr/bin/env +|/usr/bin/|/bin/)python3?\s*", first):
            return self.script(program, "python", arguments)
        shell = re.fullmatch(r"#!\s*(?:/usr/bin/env +|/usr/bin/|/bin/)(sh|bash)\s*", first)
        if shell is None:
            return [Unknown("which interpreter runs the file is not known")]
        return self.script(program, shell[1], arguments)

    def _acts(self, program: str, arguments: list[Argument]) -> None:
        known = program_table.known(program)
        if known is not None:
            known.act(arguments, self)
        packages = installs.packages([program, *arguments])
        if packages:
            self.note(PackageInstall, packages=tuple(dict.fromkeys(packages)))

    # What programs run for their arguments

    @abstractmethod
    def shell(
        self, text: Argument, *, bash: bool | None = None, arguments: Many[Argument] = ()
    ) -> list[Text]:
        """Follow a shell text that another program is given; returns the programs in it."""

    def python(self, text: Argument, at: int | None = None) -> list[Text]:
        """Take Python that is run: it is followed by whoever follows Python."""
        if text is None or has_hole(text):
            return [Unknown("the Python that is run is only known when it runs")]
        self.found.nested[Nested(text, "", self._here(), None if self._fixed else at)] = None
        return []

    def script(self, path: Argument, language: str, arguments: Many[Argument] = ()) -> list[Text]:
        """Follow the file of a program that is run, if it is known what is in it."""
        if path in _NO_FILES:
            return [Unknown("the program that is run comes from a stream, which is not analysed")]
        text = None if path is None else self.staged(path)
        if path is None or text is None:
            self.files("execute", [path])
            # What stood in the file before may still stand there, so this is named besides.
            for put in self._put_into(path):
                self._run_text(put, path or "", language, arguments)
            return []
        return self._run_text(text, self.script_read(path), language, arguments)

    def _run_text(self, text: str, where: str, language: str, arguments: Many[Argument]) -> list[Text]:
        if language == "python":
            self.found.nested[Nested(text, where, self._here(), None)] = None
            return []
        return self.shell(text, bash=language == "bash", arguments=arguments)

    def _put_into(self, path: Argument) -> list[str]:
        """Return the texts that this program puts into a file, as far as they are known."""
        if path is None or has_hole(path):
            return []
        places = [normal(place) for place in self.places(path)]
        return [text for place in places for text in self.found.written.get(place, {}) if text is not None]

    def script_read(self, path: str) -> str:
        """Note that a known file is run; returns its path from the root on."""
        where = normal(self.places(path)[0])
        self.found.scripts[where] = self._here()
        return where

    def staged(self, path: str) -> str | None:
        """Return the text of a file that is known, None for every other."""
        places = [] if has_hole(path) else self.places(path)
        return self._files_known.get(normal(places[0])) if len(places) == 1 else None
