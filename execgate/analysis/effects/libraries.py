"""What libraries for data do with texts of their own: formulas, and names of what they load."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

from execgate.analysis import texts
from execgate.analysis.effects import network as network_effects
from execgate.analysis.effects.site import Site
from execgate.analysis.values import Anything, Const, Num, Obj, Value, alternatives
from execgate.model.operation import DynamicCode, FileOperation, SystemAccess
from execgate.model.values import Template, Text, Unknown
from execgate.operations import effects as catalogue


def _formula(site: Site, effect: catalogue.Formula) -> None:
    value = site.at(effect.text)
    for alternative in alternatives(value) if value is not None else ():
        if isinstance(alternative, Const):
            if isinstance(alternative.value, str):
                _calls_in(site, alternative.value)
        elif any(isinstance(part, str) for part in texts.parts_of(alternative)):
            # Its shape stands in the program, and what is filled in is a value in it.
            for part in texts.parts_of(alternative):
                if isinstance(part, str) and _REACHES_OUT.search(part):
                    site.report(DynamicCode, kind="eval")
                    break
        elif not isinstance(alternative, Obj):
            site.report(DynamicCode, kind="eval")


_LOCAL = "_local_"
"""What stands before the names of the program while a formula is read as Python."""

_REACHES_OUT = re.compile(r"@\s*\w+\s*[.(\[]|__")
"""What in a formula leads out of it."""

_SPELLED = re.compile(r"`[^`]*`")

_ACTS = frozenset(
    """
    __import__ breakpoint compile delattr eval exec getattr globals help input locals open setattr vars
    """.split()
)
"""Python's own functions that do more than compute with what a formula gives them."""


def _calls_in(site: Site, formula: str) -> None:
    """Follow the calls in a formula that are of the program's or of Python's own functions."""
    from execgate.analysis.nested import follow

    text = re.sub(r"@(?=\w)", _LOCAL, _SPELLED.sub("_", formula))
    try:
        # A formula can span lines, and can assign columns: one line each.
        trees = [ast.parse(line.strip()) for line in _statements(text)]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        if _REACHES_OUT.search(formula):
            site.report(DynamicCode, kind="eval")
        return
    for tree in trees:
        for call in _outward(tree):
            follow(site.m, ast.unparse(call).replace(_LOCAL, ""), "eval", site.node)


def _statements(text: str) -> Iterator[str]:
    joined = text.strip()
    try:
        ast.parse(joined)
    except SyntaxError:
        yield from (line for line in joined.splitlines() if line.strip())
    else:
        yield joined


def _outward(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the outermost expressions that leave the formula, by a name of the program or of Python."""
    if isinstance(tree, (ast.Call, ast.Attribute, ast.Subscript)) and _leaves(tree):
        yield tree
        return
    for child in ast.iter_child_nodes(tree):
        yield from _outward(child)


def _leaves(node: ast.expr) -> bool:
    """Return whether a chain of calls and attributes starts outside of the formula, or has private parts."""
    called = False
    current = node
    while isinstance(current, (ast.Call, ast.Attribute, ast.Subscript)):
        called = called or isinstance(current, ast.Call)
        if isinstance(current, ast.Attribute) and current.attr.startswith("__"):
            return True
        current = current.func if isinstance(current, ast.Call) else current.value
    if not isinstance(current, ast.Name):
        return False
    return called and (current.id.startswith(_LOCAL) or current.id in _ACTS)


def _fetches(site: Site, effect: catalogue.Fetches) -> None:
    value = site.at(effect.name)
    if value is None:
        return
    for alternative in alternatives(value):
        if isinstance(alternative, Obj):
            for path in site.paths(alternative):
                _read(site, path)
        elif not isinstance(alternative, Const) or isinstance(alternative.value, str):
            for named in site.texts(alternative, "name"):
                _fetch(site, effect, named)


def _fetch(site: Site, effect: catalogue.Fetches, named: Text) -> None:
    first = named.parts[0] if isinstance(named, Template) else named
    start = first if isinstance(first, str) else ""
    if "://" in start[:12]:
        network_effects.reach_url(site, named, "GET")
    elif isinstance(first, Unknown) or not start or _is_path(start, effect):
        for path in site.m.in_working_folder([named]):
            _read(site, path)
        if not start and effect.origin is not None:
            _reach(site, effect)
    elif effect.origin is not None:
        _reach(site, effect)


def _is_path(start: str, effect: catalogue.Fetches) -> bool:
    """Return whether a name is one of a file: a repository has one slash in its name, a style none."""
    if start.startswith(("/", "./", "../", "~", "\\")) or start in {".", ".."}:
        return True
    slashes = start.count("/")
    return slashes > 1 or (slashes == 1 and effect.origin is None) or bool(_SUFFIX.search(start))


_SUFFIX = re.compile(
    r"\.(?:mplstyle|bin|pt|pth|ckpt|safetensors|gguf|onnx|json|csv|txt|pkl|pickle|h5|zip|tar|gz)$"
)


def _read(site: Site, path: Text) -> None:
    site.report(FileOperation, operation="read", paths=(path,), recursive=False)


def _reach(site: Site, effect: catalogue.Fetches) -> None:
    network_effects.reach_url(site, f"https://{effect.origin}/", "GET")
    if effect.cache is not None:
        site.report(FileOperation, operation="write", paths=(effect.cache,), recursive=False)


def _captures(site: Site, effect: catalogue.Captures) -> None:
    value = site.at(effect.source)
    for alternative in alternatives(value) if value is not None else ():
        if isinstance(alternative, Num) or (
            isinstance(alternative, Const) and isinstance(alternative.value, int)
        ):
            site.report(SystemAccess, kind="hardware")
        else:
            _read_all(site, alternative)


def _takes(site: Site, effect: catalogue.Takes) -> None:
    value = site.at(effect.data)
    for alternative in alternatives(value) if value is not None else ():
        if not isinstance(alternative, Anything):
            _read_all(site, alternative)


def _read_all(site: Site, value: Value) -> None:
    """Record that what a path or URL leads to is read."""
    for path in site.paths(value):
        first = path.parts[0] if isinstance(path, Template) else path
        if isinstance(first, str) and "://" in first[:12]:
            network_effects.reach_url(site, path, None)
        else:
            _read(site, path)


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Formula: _formula,
    catalogue.Fetches: _fetches,
    catalogue.Captures: _captures,
    catalogue.Takes: _takes,
}
"""The rules of these effects."""
