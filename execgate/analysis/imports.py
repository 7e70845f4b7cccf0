"""Import statements."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import own_modules
from execgate.analysis.machine import Machine
from execgate.analysis.names import Standing, canonical, is_known_module, module_name, standing
from execgate.analysis.values import Ref, Value
from execgate.operations import CATALOGUE, reexports


def dotted(m: Machine, node: cst.Name | cst.Attribute) -> str:
    """Return a dotted name as Python reads it."""
    parts: list[str] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.Attribute):
        parts.append(m.identifier(current.attr.value))
        current = current.value
    if isinstance(current, cst.Name):
        parts.append(m.identifier(current.value))
    return ".".join(reversed(parts))


def plain(m: Machine, node: cst.Import) -> bool:
    """`import a.b, c as d`."""
    for alias in node.names:
        name = dotted(m, alias.name)
        if own_modules.is_own(m, name):
            _bind_own(m, name, alias, node)
            continue
        m.imported(name, name, node)
        _act(m, name, node)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            m.bind(m.identifier(alias.asname.name.value), Ref(module_name(name)))
        else:
            top = name.partition(".")[0]
            m.bind(top, Ref(module_name(top)))
    return True


def from_module(m: Machine, node: cst.ImportFrom) -> bool:
    """`from a.b import c as d`, `from a import *`."""
    module = "." * len(node.relative) + (dotted(m, node.module) if node.module is not None else "")
    if own_modules.is_own(m, module):
        return _from_own(m, module, node)
    _act(m, module, node)
    if isinstance(node.names, cst.ImportStar):
        m.imported(module, module, node)
        m.scope.module.stars.append(module_name(module))
        return True
    for alias in node.names:
        name = dotted(m, alias.name)
        full = f"{module}{'' if module.endswith('.') else '.'}{name}"
        _report(m, module, full, node)
        bound = alias.asname.name if alias.asname is not None else alias.name
        if isinstance(bound, cst.Name):
            m.bind(m.identifier(bound.value), _reached(m, module, name, node))
    return True


def _bind_own(m: Machine, name: str, alias: cst.ImportAlias, node: cst.Import) -> None:
    found = own_modules.load(m, name, node)
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        m.bind(m.identifier(alias.asname.name.value), found)
    else:
        top = name.partition(".")[0]
        m.bind(top, own_modules.load(m, top, node))


def _from_own(m: Machine, module: str, node: cst.ImportFrom) -> bool:
    if isinstance(node.names, cst.ImportStar):
        own_modules.bind_all(m, module, node)
        return True
    for alias in node.names:
        bound = alias.asname.name if alias.asname is not None else alias.name
        if isinstance(bound, cst.Name):
            m.bind(m.identifier(bound.value), own_modules.member(m, module, dotted(m, alias.name), node))
    return True


def _act(m: Machine, name: str, node: cst.CSTNode) -> None:
    if name in _ACTING:
        m.gap(f"importing `{name}` {_ACTING[name]}", node)


_ACTING = {"antigravity": "opens a web browser", "idlelib.idle": "starts a development environment"}
"""Modules that act by being imported."""


def _report(m: Machine, module: str, full: str, node: cst.ImportFrom) -> None:
    """Record the module that `from module import name` reaches: the package, or the module inside it."""
    if is_known_module(full) and module != "builtins":
        m.imported(full, full, node)
        return
    m.imported(module, module, node)
    name = full.rpartition(".")[2]
    # Whether a library's lower-case name is a module can't be seen without the library, so it counts as both.
    unclear = standing(canonical(module)) is Standing.OPAQUE and name.islower()
    if reexports.is_module(full) or (unclear and canonical(full) not in CATALOGUE):
        m.imported(full, full, node)


def _reached(m: Machine, module: str, name: str, node: cst.ImportFrom) -> Value:
    from execgate.analysis.attributes import of_reference

    return of_reference(m, Ref(module_name(module)), name, node)
