"""Which programs are started, which packages installed, and what is done to processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from execgate.analysis import iteration
from execgate.analysis.effects import placed, started
from execgate.analysis.effects.site import Site, no_words
from execgate.analysis.holes import restore
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    Anything,
    Const,
    Obj,
    Seq,
    Value,
    alternatives,
)
from execgate.errors import SourceError
from execgate.model.operation import (
    FileOperation,
    PackageInstall,
    ProcessControl,
    ProcessSpawn,
)
from execgate.model.source import Source
from execgate.model.values import Template, Text, Unknown
from execgate.operations import effects as catalogue

if TYPE_CHECKING:
    from execgate.analysis import shell

MAX_INNER = 2
"""How many Python programs that start each other are followed."""


def _spawns(site: Site, effect: catalogue.Spawns) -> None:
    if _is_alone(site, effect):
        return
    if effect.command is None:
        if effect.rest is not None:
            _spawn_words(site, effect, None)
            return
        words: tuple[Text, ...] = effect.fixed or (Unknown("the program is not known"),)
        site.report(ProcessSpawn, command=words, shell=False, programs=words[:1])
        return
    value = site.at(effect.command)
    if value is None:
        return
    shells = _shells(site, effect)
    for alternative in alternatives(value):
        for shell in shells:
            if shell:
                _spawn_text(site, alternative)
            else:
                _spawn_words(site, effect, alternative)


def _is_alone(site: Site, effect: catalogue.Spawns) -> bool:
    """Return whether a parameter says for certain that the work is done without a program."""
    chosen = site.at(effect.by) if effect.by is not None else None
    return chosen is not None and all(
        (one.type if isinstance(one, Obj) else one.value if isinstance(one, Const) else None) in effect.alone
        for one in alternatives(chosen)
    )


def _shells(site: Site, effect: catalogue.Spawns) -> tuple[bool, ...]:
    if isinstance(effect.shell, bool):
        return (effect.shell,)
    value = site.at(effect.shell.removeprefix("!"))
    if effect.shell.startswith("!"):
        return (value is None,)
    if value is None:
        return (False,)
    if isinstance(value, Const):
        return (bool(value.value),)
    return (True, False)


def _spawn_text(site: Site, value: Value) -> None:
    if isinstance(value, Seq):
        # With a list and a shell, the first element is the text.
        value = value.items[0] if value.items else Anything("the command is not known")
    for text in site.texts(started.text(value), "command"):
        run_shell(site.m, text, site.node, site.via)


def run_shell(m: Machine, text: Text, node: cst.CSTNode, via: str, *, written: bool = False) -> None:
    """Record what a shell text does; one that is `written` into a file may start nothing."""
    command = no_words(text)
    line = _line(m, command)
    programs = line.programs
    if programs or not written:
        programs = programs or (Unknown("the command is empty"),)
        m.report(ProcessSpawn, node, via=via, command=command, shell=True, programs=programs)  # noqa: S604 - says so
    _report(m, line, node, via)
    if m.written.files or not written:
        placed.started(m, command, programs, node, via)


def _line(m: Machine, command: Text | tuple[Text, ...]) -> shell.Line:
    """Return what a command line does."""
    from execgate.analysis import shell
    from execgate.analysis.staging import in_workspace

    known = {in_workspace(name): staged.text for name, staged in m.staged.items()}
    return shell.line(command, files_known=known, work=m)


def _report(
    m: Machine, line: shell.Line, node: cst.CSTNode, via: str, folders: tuple[Text, ...] = ()
) -> None:
    """Report what the programs of a command line do to files, hosts and the machine.

    `folders` are those in which they are started, where that is not the working folder.
    """
    for effect in line.found.effects:
        fields = {**dict(effect.fields), "via": via}
        if effect.kind is FileOperation:
            fields["paths"] = tuple(m.in_working_folder(_in_folders(folders, fields["paths"])))
        m.report(effect.kind, node, **fields)
    for path, contents in line.found.written.items():
        for text in contents:
            value = Const(text) if text is not None else Anything("what a command writes is not known")
            placed.put(m, [restore(path)], value, node, via)
    for path in line.found.scripts:
        m.scripts.setdefault(path, (m.site or node, m.statement))
    for nested in line.found.nested:
        _follow_python(m, nested.text, node)


def _in_folders(folders: tuple[Text, ...], paths: tuple[Text, ...]) -> list[Text]:
    """Return what paths are for a program that was started in one of some folders."""
    found: list[Text] = []
    for path in paths:
        first = path.parts[0] if isinstance(path, Template) else path
        if isinstance(first, str) and not first.startswith(("/", "~")) and folders:
            plain = isinstance(path, str) and all(isinstance(folder, str) for folder in folders)
            why = Unknown("the folder that it is relative to is not known")
            found += [f"{folder}/{path}" for folder in folders] if plain else [why]
        else:
            found.append(path)
    return found


def _follow_python(m: Machine, text: str, node: cst.CSTNode) -> None:
    """Report what Python does that runs in a process of its own, at the call that starts it."""
    from execgate.analysis import interpreter

    if m.inner >= MAX_INNER:
        m.gap("Python that starts Python that starts Python is not followed", node)
        return
    try:
        program = interpreter.analyze(Source(text), m.staged, inner=m.inner + 1, shared=m)
    except SourceError as error:
        m.gap(f"the Python that is run here can't be analysed: {error.message}", node, error.help)
        return
    for operation in program.operations:
        m.report(type(operation), node, via=operation.via, **dict(operation.arguments()))
    for gap in program.gaps:
        m.gap(gap.why, node, gap.help)


def _first_words(site: Site, effect: catalogue.Spawns) -> list[Text]:
    """Return the words that always stand first, among them those that the name of the function is."""
    words: list[Text] = []
    for word in effect.fixed or ():
        if word.startswith("="):
            words += site.entry.name.removeprefix(f"{word[1:]}.").split(".")
        else:
            words.append(word)
    return words


def _spawn_words(site: Site, effect: catalogue.Spawns, value: Value | None) -> None:
    words = _first_words(site, effect)
    items = iteration.exact_items(site.m, value) if isinstance(value, Seq) else None
    if items is not None:
        words += _several(site, items, words)
    elif isinstance(value, Seq) and value.items:
        words += [
            *_several(site, value.items, words),
            Unknown("more arguments follow that are not known"),
        ]
    elif value is not None:
        words += _several(site, [value], words)
    if effect.rest is not None:
        rest = site.bound.get(effect.rest)
        if isinstance(rest, Seq):
            words += _several(site, rest.items, words)
            if rest.more is not None:
                words.append(Unknown("more arguments follow that are not known"))
    line = _line(site.m, tuple(words))
    programs = line.programs or (Unknown("the command is empty"),)
    program = site.at(effect.program) if effect.program is not None else None
    if program is not None:
        programs = (_one(site, started.word(program)), *programs[1:])
    site.report(ProcessSpawn, command=tuple(words), shell=False, programs=programs)
    folder = site.bound.get("cwd")
    stays = folder is None or (isinstance(folder, Const) and folder.value is None)
    folders = () if folder is None or stays else tuple(site.paths(folder))
    _report(site.m, line, site.node, site.via, folders)
    placed.started(site.m, tuple(words), programs, site.node, site.via)


def _several(site: Site, values: Sequence[Value], before: Sequence[Text]) -> list[Text]:
    """Return words of a command that stand behind those `before`."""
    return [
        _one(site, value if before or index else started.word(value)) for index, value in enumerate(values)
    ]


def _one(site: Site, value: Value) -> Text:
    """Return one word of a command; several possible ones are not worked out."""
    found = site.texts(value, "command")
    return found[0] if len(found) == 1 else Unknown("a word of the command can be one of several")


def _installs(site: Site, effect: catalogue.Installs) -> None:
    value = site.at(effect.packages)
    found: list[Text] = []
    for alternative in alternatives(value) if value is not None else ():
        items = iteration.exact_items(site.m, alternative) if isinstance(alternative, Seq) else None
        for item in items if items is not None else [alternative]:
            found += site.texts(item, "packages")
    from execgate.analysis import shell

    found = list(shell.packages(("pip", *found))) if found[:1] == ["install"] else found
    site.report(PackageInstall, packages=tuple(found) or (Unknown("the packages are not known"),))


def _controls(site: Site, effect: catalogue.Controls) -> None:
    site.report(ProcessControl, operation=effect.operation)


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Spawns: _spawns,
    catalogue.Installs: _installs,
    catalogue.Controls: _controls,
}
"""The rules of these effects."""
