"""One call of what the catalogue lists: its arguments, as the rules of its effects look at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import libcst as cst

from execgate.analysis import attributes, paths, texts
from execgate.analysis.effects.binding import Bindings, place
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    DYNAMIC,
    Anything,
    Args,
    Const,
    Inst,
    Num,
    Obj,
    Ref,
    Seq,
    Union,
    Value,
    alternatives,
)
from execgate.model.values import Hole, Template, Text
from execgate.operations.entry import Entry

MAX_COMBINATIONS = 64
"""How many operations one effect of one call may give before its operands count as unknown."""


class Site:
    """One call of a catalogued function: its machine, entry, bound arguments and place."""

    __slots__ = ("bound", "called", "entry", "kept", "m", "node", "result")

    def __init__(self, m: Machine, entry: Entry, bound: Bindings, node: cst.CSTNode) -> None:
        self.m = m
        self.entry = entry
        self.bound = bound
        self.node = node
        self.result: Value | None = None
        """What an effect found the call to give back."""
        self.called: Value | None = None
        """What a function gave that the call calls."""
        self.kept: dict[str, Value] = {}
        """What an effect found out that the result holds on to."""

    @property
    def via(self) -> str:
        """The name of the function, as operations give it."""
        return self.entry.name.removeprefix("builtins.")

    def at(self, where: str) -> Value | None:
        """Return the value at a place of the call."""
        return place(self.m, self.bound, where, self.node)

    def report(self, family: Any, /, **fields: Any) -> None:
        """Record an operation of this call."""
        self.m.report(family, self.node, via=self.via, **fields)

    def texts(self, value: Value, what: str) -> list[Text]:
        """Return the texts that an argument can be."""
        why = f"the {what} of `{self.entry.name}` could not be worked out"
        found = []
        for alternative in alternatives(value):
            inner = paths.text_of(held(alternative))
            found += [texts.to_text(text, why) for text in alternatives(inner)]
        return list(dict.fromkeys(found))

    def paths(self, value: Value) -> list[Text]:
        """Return the paths that an argument names: none for open files, descriptors and None."""
        found: list[Text] = []
        for alternative in leaves(value):
            if isinstance(alternative, Num) or (
                isinstance(alternative, Const) and not isinstance(alternative.value, (str, bytes))
            ):
                continue
            if isinstance(alternative, Obj) and alternative.type not in {paths.PATH, DYNAMIC}:
                inner = alternative.fields.get("path")
                found += self.paths(inner) if inner is not None and alternative.type == "os.DirEntry" else []
                continue
            if isinstance(alternative, Inst):
                found += self._paths_of_instance(alternative)
                continue
            found += self.texts(alternative, "path")
        return self.m.in_working_folder(list(dict.fromkeys(found)))

    def _paths_of_instance(self, value: Inst) -> list[Text]:
        if value.cls.lookup("__fspath__") is not None:
            named = attributes.get(self.m, value, "__fspath__", self.node)
            return self.paths(self.m.call(named, Args(), self.node))
        if value.made is not None:
            return self.paths(value.made)
        if any(not isinstance(base, Ref) for base in value.cls.foreign_bases()):
            return self.texts(Anything(f"what `{value.cls.name}` inherits is not known"), "path")
        return []


def leaves(value: Value) -> Iterator[Value]:
    """Yield what a value can be, and of sequences what they hold; a sequence that holds itself ends."""
    seen: set[int] = set()
    stack = [value]
    while stack:
        inner = stack.pop()
        if isinstance(inner, Union):
            stack.extend(reversed(inner.values))
        elif not isinstance(inner, Seq):
            yield inner
        elif id(inner) not in seen:
            seen.add(id(inner))
            stack.extend([inner.more] if inner.more is not None else [])
            stack.extend(reversed(inner.items))


CALLED = "called()"
"""The field of an object that holds what a function gave that it called."""


def held(value: Value) -> Value:
    """Return the text or path that an instance of the program's own subclass of one stands for."""
    return value.made if isinstance(value, Inst) and value.made is not None else value


def no_words(text: Text) -> Text:
    """Give up on file names in a text: they can hold what a shell or a database acts on."""
    if isinstance(text, Template):
        return Template(tuple(Hole.ANY if part is Hole.WORD else part for part in text.parts))
    return text


def first_filled(site: Site, places: Iterable[str]) -> Value | None:
    """Return the value at the first of several places that holds one."""
    for where in places:
        value = site.at(where) if where else None
        if value is not None:
            return value
    return None
