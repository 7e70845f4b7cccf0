"""Imports of files that were judged before: followed where they are imported, with the values in them."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import guard
from execgate.analysis.machine import MAX_NESTED, Machine
from execgate.analysis.scopes import Scope
from execgate.analysis.staging import is_folder, module_file
from execgate.analysis.values import Anything, Class, Inst, Value
from execgate.errors import SourceError


def is_own(m: Machine, name: str) -> bool:
    """Return whether `import name` runs a file that was judged."""
    return bool(m.staged) and (module_file(m.staged, name) is not None or is_folder(m.staged, name))


def load(m: Machine, name: str, node: cst.CSTNode) -> Value:
    """Follow the modules that `import name` runs, each once; return the last."""
    found: Value = Anything(f"the module `{name}` is not known")
    outer: Inst | None = None
    for end in [index for index, character in enumerate(f"{name}.") if character == "."]:
        part = name[:end]
        found = _one(m, part, node)
        if outer is not None:
            outer.attributes[part.rpartition(".")[2]] = found
        outer = found if isinstance(found, Inst) else None
    return found


def member(m: Machine, module: str, name: str, node: cst.CSTNode) -> Value:
    """Return what `from module import name` gives."""
    found = load(m, module, node)
    if isinstance(found, Inst) and name in found.attributes:
        return found.attributes[name]
    if is_own(m, f"{module}.{name}"):
        return load(m, f"{module}.{name}", node)
    m.gap(f"`{module}` has no `{name}` that could be followed", node)
    return Anything(f"`{module}` has no `{name}`")


def bind_all(m: Machine, module: str, node: cst.CSTNode) -> None:
    """Bind what `from module import *` gives."""
    found = load(m, module, node)
    for name, value in found.attributes.items() if isinstance(found, Inst) else ():
        if not name.startswith("_"):
            m.bind(name, value)


def _one(m: Machine, name: str, node: cst.CSTNode) -> Value:
    if name in m.own_modules:
        return m.own_modules[name]
    file = module_file(m.staged, name)
    module = Inst(Class(f"module {name}", [], {}), m.path)
    m.own_modules[name] = module
    if file is None:
        return module
    if m.nested >= MAX_NESTED:
        m.gap("modules that import each other too deeply are not followed", node)
        return module
    try:
        tree = m.parsed.get(file.text) or guard.parse(file)[1]
    except SourceError as error:
        m.gap(f"`{name}` can't be analysed: {error.message}", node, error.help)
        return module
    outer = m.scope, m.site, m.statement
    m.scope, m.site = Scope("module"), m.site or node
    m.scope.site = m.site
    m.nested += 1
    m.parsed[file.text] = tree
    try:
        for statement in tree.body:
            m.run(statement)
        module.attributes.update({**m.scope.history, **m.scope.names})
    finally:
        m.nested -= 1
        m.scope, m.site, m.statement = outer
    return module
