"""From what the catalogue says of a call to operations with their operands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import escaping, paths
from execgate.analysis.effects import code as code_effects
from execgate.analysis.effects import data as data_effects
from execgate.analysis.effects import files as file_effects
from execgate.analysis.effects import libraries as library_effects
from execgate.analysis.effects import network as network_effects
from execgate.analysis.effects import payments as payment_effects
from execgate.analysis.effects import placed as placed_effects
from execgate.analysis.effects import processes as process_effects
from execgate.analysis.effects import servers as server_effects
from execgate.analysis.effects.binding import bind
from execgate.analysis.effects.site import CALLED, Site
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    Anything,
    Args,
    Obj,
    Value,
    alternatives,
    derived,
    union,
)
from execgate.model.places import WORKSPACE
from execgate.model.values import Text, Unknown
from execgate.operations import effects as catalogue
from execgate.operations.entry import EVERYTHING, Entry
from execgate.operations.types import FILES


def perform(m: Machine, entry: Entry, args: Args, node: cst.CSTNode) -> Value:
    """Record what a call of a catalogued function does, and return what it gives."""
    site = Site(m, entry, bind(entry, args), node)
    for effect in entry.effects:
        RULES[type(effect)](site, effect)
    if entry.name in _MOVES:
        _move(site)
    followed = {"self"}
    for effect in entry.effects:
        if type(effect) in _FOLLOWED:
            followed.add(_FOLLOWED[type(effect)](effect))
    if entry.returns in FILES:
        followed.update(entry.keeps)
    escaping.let_go(m, [value for name, value in site.bound.items() if name not in followed], node)
    if site.result is not None:
        return site.result
    return _result(site)


_FOLLOWED: dict[type[catalogue.Effect], Callable[[Any], str]] = {
    catalogue.Calls: lambda effect: effect.function,
    catalogue.Writes: lambda effect: effect.into,
}
"""The effects that say all that becomes of a parameter, and which one that is."""

_MOVES = {"os.chdir", "contextlib.chdir", "os.fchdir"}
"""What changes the working folder, and so what relative paths mean from then on."""


def _move(site: Site) -> None:
    value = site.at("path")
    found: list[Text] = site.paths(value) if value is not None else []
    for folder in found or [Unknown("the program changes its working folder to one that is not known")]:
        if folder not in site.m.folders and folder not in {WORKSPACE, "."}:
            site.m.folders.append(folder)
            site.m.rebound += 1


def _result(site: Site) -> Value:
    entry, bound = site.entry, site.bound
    kept: dict[str, Value] = {}
    receiver = bound.get("self")
    for alternative in alternatives(receiver) if receiver is not None else ():
        if isinstance(alternative, Obj) and alternative.type != paths.PATH:
            kept.update(alternative.fields)
    everything = EVERYTHING in entry.keeps
    for name in [each for each in bound if each != "self"] if everything else entry.keeps:
        if name in bound:
            kept["file" if name == "self" else name] = bound[name]
    kept.update(site.kept)
    if site.called is not None:
        kept[CALLED] = site.called
    if entry.returns is not None:
        if entry.returns == paths.PATH:
            return paths.make(Anything(f"it is the result of `{entry.name}`"))
        if entry.returns.endswith("}"):
            return union(Obj(name, dict(kept), site.m.path) for name in _named_types(site, entry.returns))
        made = Obj(entry.returns, kept, site.m.path, entry.name)
        if entry.returns in FILES:
            site.m.written.opened(made, site.m.path)
        return made
    if entry.yields is not None:
        return site.m.sequence([], Obj(entry.yields, kept, site.m.path))
    return derived(f"it is the result of `{entry.name}`", bound.values())


def _named_types(site: Site, returns: str) -> list[str]:
    """Return the types that a call makes whose name ends with the value of a parameter."""
    owner, _, place = returns.rstrip("}").partition(".{")
    value = site.at(place)
    found = site.texts(value, place) if value is not None else []
    return [f"{owner}.{name}" if isinstance(name, str) else owner for name in found] or [owner]


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    **file_effects.RULES,
    **library_effects.RULES,
    **network_effects.RULES,
    **placed_effects.RULES,
    **process_effects.RULES,
    **server_effects.RULES,
    **data_effects.RULES,
    **code_effects.RULES,
    **payment_effects.RULES,
}
"""One rule for each effect of the catalogue; a test holds the two together."""
