"""Which programs are started, which packages installed, and what is done to processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import iteration
from execgate.analysis.effects import placed
from execgate.analysis.effects.site import Site, no_words
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    Anything,
    Const,
    Seq,
    Value,
    alternatives,
)
from execgate.model.operation import (
    FileOperation,
    PackageInstall,
    ProcessControl,
    ProcessSpawn,
)
from execgate.model.values import Text, Unknown
from execgate.operations import entry as catalogue


def _spawns(site: Site, effect: catalogue.Spawns) -> None:
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
    for text in site.texts(value, "command"):
        run_shell(site.m, text, site.node, site.via)


def run_shell(m: Machine, text: Text, node: cst.CSTNode, via: str, *, written: bool = False) -> None:
    """Record what a shell text does; one that is `written` into a file may start nothing."""
    from execgate.analysis import shell

    command = no_words(text)
    programs = shell.programs(command)
    if programs or not written:
        programs = programs or (Unknown("the command is empty"),)
        m.report(ProcessSpawn, node, via=via, command=command, shell=True, programs=programs)  # noqa: S604 - says so
    for operation, path in shell.redirections(command):
        m.report(FileOperation, node, via=via, operation=operation, paths=(path,))
        if operation != "read":
            placed.put(m, [path], placed.echoed(command), node, via)
    packages = shell.packages(command)
    if packages:
        m.report(PackageInstall, node, via=via, packages=packages)
    if m.written.files or not written:
        placed.started(m, command, programs, node, via)


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
    from execgate.analysis import shell

    words = _first_words(site, effect)
    items = iteration.exact_items(site.m, value) if isinstance(value, Seq) else None
    if items is not None:
        words += [_one(site, item) for item in items]
    elif isinstance(value, Seq) and value.items:
        words += [
            *(_one(site, item) for item in value.items),
            Unknown("more arguments follow that are not known"),
        ]
    elif value is not None:
        words.append(_one(site, value))
    if effect.rest is not None:
        rest = site.bound.get(effect.rest)
        if isinstance(rest, Seq):
            words += [_one(site, item) for item in rest.items]
            if rest.more is not None:
                words.append(Unknown("more arguments follow that are not known"))
    programs = shell.started_by(tuple(words)) or (Unknown("the command is empty"),)
    program = site.at(effect.program) if effect.program is not None else None
    if program is not None:
        programs = (_one(site, program), *programs[1:])
    site.report(ProcessSpawn, command=tuple(words), shell=False, programs=programs)
    placed.started(site.m, tuple(words), programs, site.node, site.via)
    packages = shell.packages(tuple(words))
    if packages:
        site.report(PackageInstall, packages=packages)


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
