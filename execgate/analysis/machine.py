"""The state of one analysis: where it is, what it has found, and how much work is left.

The rules live in the modules around it (statements, expressions, attributes, calls, effects); they all take
the machine first, and come back to it for `evaluate`, `call` and `report`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import libcst as cst

from execgate.analysis import names
from execgate.analysis.growth import grew, widened
from execgate.analysis.scopes import Scope
from execgate.analysis.values import (
    DYNAMIC,
    MAX_ALTERNATIVES,
    MAX_CAPABILITIES,
    NONE,
    NUM,
    OWN,
    Anything,
    Args,
    Class,
    Const,
    Func,
    Inst,
    Map,
    Obj,
    Ref,
    Seq,
    Str,
    Value,
    alternatives,
    capabilities,
    join,
    rough_key,
    union,
)
from execgate.analysis.work import MIN_WORK, Work
from execgate.analysis.written.state import Written
from execgate.model.operation import DynamicCode, ModuleImport, Operation
from execgate.model.source import Source
from execgate.model.values import Hole, Template, Text, Unknown
from execgate.operations import CATALOGUE

WORK_PER_CHARACTER = 3
"""How many more are followed for each character of the program."""

MAX_DEPTH = 12
"""How many calls of the program's own functions are followed into each other."""

EXACT_TURNS = 2
"""How many turns of a loop are followed before numbers and texts that still grow are given up on."""

PARTED_TURNS = 5
"""How many turns of a loop are followed before objects that still grow are given up on."""

MAX_NESTED = 3
"""How deeply code inside constant strings is followed."""

MAX_LEFT = 16
"""How many values are told apart that code running at any time leaves at one place."""


def _any_of_its_kind(value: Value) -> Value:
    """Return every number for a number and every text for a text; other values as they are."""
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        return NUM
    text = isinstance(value, Str) or (isinstance(value, Const) and isinstance(value.value, str))
    return Str((Hole.ANY,)) if text else value


_ANYTHING = "anything"

BUILT_IN = "__builtins__"
"""The name of a module under which Python finds what is built in."""

_Container = TypeVar("_Container", Seq, Map)

Operations = dict[tuple[int, type[Operation], tuple[tuple[str, Any], ...]], "Found"]


class Found:
    """An operation and the nodes that it stands at."""

    __slots__ = ("fields", "kind", "node", "order", "statement")

    def __init__(
        self,
        kind: type[Operation],
        fields: dict[str, Any],
        node: cst.CSTNode,
        statement: cst.CSTNode | None,
        order: int,
    ) -> None:
        self.kind = kind
        self.fields = fields
        self.node = node
        self.statement = statement
        self.order = order


class Frame:
    """One call of a function of the program: what it returns and yields."""

    __slots__ = ("function", "returned", "stateful", "yielded")

    def __init__(self, function: Func | None) -> None:
        self.function = function
        self.returned: list[Value] = []
        self.yielded: list[Value] = []
        self.stateful = False
        """Whether it looked at objects that it did not make, and that can change."""


class Known:
    """What a call gave, and the state of the program in which it did."""

    __slots__ = ("args", "postponed", "rebound", "result", "stateful", "times", "version")

    def __init__(self, args: Args) -> None:
        self.args = args
        """Kept, since what has an identity is told apart by it."""
        self.result: Value = NONE
        self.stateful = False
        self.postponed = False
        """Whether it is followed once more when the program is at its end."""
        self.times = 0
        self.version = 0
        self.rebound = 0


class Machine(Work):
    """Follows one module."""

    def __init__(self, size: int = 0) -> None:
        """Make a machine for a program of `size` characters."""
        self.found: Operations = {}
        self.gaps: dict[tuple[int, str], tuple[str, cst.CSTNode, cst.CSTNode | None, str | None]] = {}
        self.parsed: dict[str, cst.Module] = {}
        """Trees of code in strings, which have to live as long as what was found in them."""
        super().__init__(MIN_WORK + WORK_PER_CHARACTER * size)
        self.staged: Mapping[str, Source] = {}
        """Files of the working folder that were judged as programs, by name."""
        self.scripts: dict[str, tuple[cst.CSTNode, cst.CSTNode | None]] = {}
        """Those of them that are run, by path, with where."""
        self.inner = 0
        """How many programs started each other, each within the one before."""
        self.pools: dict[Any, dict[Any, Value]] = {}
        """What travels in ways that have no order: raised, sent, returned from deep inside a recursion."""
        self.again = False
        """Whether the program was followed before."""
        self.timeless: dict[Any, dict[Any, Value]] = {}
        """What code that may run at any time leaves where other code finds it, by place."""
        self.reset: set[str] = set()
        """What the program sets of that which is known of libraries: constants, by their names."""
        self.start()

    def start(self) -> None:
        """Begin to follow a module, with what is known from having followed it before."""
        self.scope = Scope("module")
        self.frames: list[Frame] = [Frame(None)]
        self.statement: cst.CSTNode | None = None
        self.site: cst.CSTNode | None = None
        """Inside code that stands in a string: the call that runs it, where all it does is reported."""
        self.own_modules: dict[str, Value] = {}
        """The modules of other files that were imported, by name."""
        self.nested = 0
        self.reading: set[tuple[int, str]] = set()
        """The values of which nothing is known, and their attributes, that are being looked up."""
        self.late = False
        """Whether the code that is followed may run at any time."""
        self.at_any_time = False
        """Whether Python or a library may run it by itself, also before what stands above it."""
        self.moved = False
        """Whether code that may run at any time left something that was not known to be left there."""
        self.path = 0
        """The branch that is followed; 0 is the straight line from the start."""
        self._paths = 0
        self.trail: list[tuple[Scope, str, Value]] | None = None
        """What was bound since a `try` or a loop began, for whoever may see the state in between."""
        self.passed: list[tuple[Seq | Map, Any, Value | None]] | None = None
        """Which containers changed for certain since a `try` began: at which key, and what was there."""
        self.functions: dict[int, list[Func]] = {}
        """Every function that was defined, by its node."""
        self.entered: set[int] = set()
        """The nodes of functions that were followed with the arguments of a call."""
        self._carried: (
            tuple[Sequence[Value], tuple[int, int], tuple[frozenset[Any], list[tuple[Any, Value]]]] | None
        ) = None
        """The values that a function escaped with last, the state then, and what tells them apart."""
        self.escaped: dict[int, Func] = {}
        """Functions that went into code we don't follow, by identity."""
        self.written = Written()
        """What goes into files, and which of them are run."""
        self.folders: list[Text] = []
        """Folders that the program may have changed into, beside the one that it starts in."""
        self.memory: dict[Any, Value] = {}
        self.made: dict[tuple[cst.CSTNode, Class], list[Inst]] = {}
        """The instances of the program's classes, by where they were made."""
        self.results: dict[Any, Known] = {}
        """What calls of the program's functions gave."""
        self.spent: dict[cst.CSTNode, int] = {}
        """How much work each function has cost."""
        self.together: dict[Any, tuple[Args, int]] = {}
        """The arguments of calls that are no longer told apart, and how often they grew."""
        self.version = 0
        """Grows with every change of an object."""
        self.rebound = 0
        """Grows with every change of what a name, or an attribute of a class, stands for."""
        self.left: set[Any] = set()
        """Where functions left which capabilities for other functions to find."""
        self.oldest = 0
        """The branch on which the oldest object was made that has changed since a loop's turn began."""
        self.turn = 0
        """Which turn of a loop is followed: the later, the more of what still grows is given up on."""
        self.deferred: list[tuple[tuple[int, int], Callable[[], object], cst.CSTNode]] = []
        """Generators and coroutines, which run later than they are made: the state then, and the code."""
        self.monotone = False
        """Whether nothing that an object ever held is forgotten."""
        self.settling = False
        """Whether what is followed is itself something that runs later."""
        self.seen: dict[Any, int] = {}
        """How much a pool held when it was first looked into."""

    # The rules come back to these; `interpreter` fills them in.
    evaluate: Callable[[cst.CSTNode], Value]
    run: Callable[[Any], bool]
    call: Callable[[Value, Args, cst.CSTNode], Value]

    def identifier(self, name: str) -> str:
        """Return a name as Python reads it: NFKC-normalised (PEP 3131)."""
        if name.isascii():
            return name
        return unicodedata.normalize("NFKC", name)

    def report(self, family: type[Operation], node: cst.CSTNode, /, **fields: Any) -> None:
        """Record an operation; the same one at the same place counts once."""
        place = self.site or node
        key = (id(place), family, tuple(sorted(fields.items(), key=_by_name)))
        if key not in self.found:
            self.found[key] = Found(family, fields, place, self.statement, len(self.found))

    def gap(self, why: str, node: cst.CSTNode, help: str | None = None) -> None:  # noqa: A002 - errors say it so
        """Record that what happens at `node` could not be named."""
        place = self.site or node
        self.gaps.setdefault((id(place), why), (why, place, self.statement, help))

    def imported(self, module: str, via: str, node: cst.CSTNode) -> None:
        """Record that a module was reached, and under another name what it really is."""
        self.report(ModuleImport, node, module=module, via=via)
        really = names.module_behind(module)
        if really is not None and really.partition(".")[0] != module.partition(".")[0]:
            self.report(ModuleImport, node, module=really, via=module)

    def bind(self, name: str, value: Value, scope: Scope | None = None) -> None:
        """Bind a name in a scope, the current one unless it is given."""
        scope = scope or self.scope
        target = scope.target(name)
        old = target.names.get(name)
        if old is not None:
            if target is not scope:
                # Whether this runs before what reads the name is not known.
                value = join(old, value)
            if target.shared and old is not value and old.key() != value.key():
                self.rebound += 1
        if target is not scope:
            self.leave(("name", name), value)
            if target.kind == "module":
                self.reveal(name, value)
        if name == BUILT_IN and target.kind == "module" and self.statement is not None:
            # Functions that are defined from here on find in it what they find nowhere else, and so does
            # the next block of an interpreter.
            self.report(DynamicCode, self.statement, kind="namespace", via=name)
        if self.trail is not None:
            self.trail.append((target, name, value))
        target.bind(name, value)

    def reveal(self, place: str, value: Value) -> None:
        """Note what a function leaves where other functions find it."""
        for capability in capabilities([value]):
            self.left.add((place, rough_key(capability)))

    def leave(self, place: tuple[str, Any], value: Value) -> None:
        """Note what code that may run at any time leaves at a place; whoever reads there may find it."""
        if not self.at_any_time:
            return
        held = self.timeless.setdefault(place, {})
        for alternative in alternatives(value):
            key = rough_key(alternative)
            if key in held or _ANYTHING in held:
                continue
            if self.again:
                # A count or a text that grows with every call would never come to its end.
                alternative = _any_of_its_kind(alternative)  # noqa: PLW2901 - one stands for the rest
                key = rough_key(alternative)
                if key in held:
                    continue
            self.moved = True
            if len(held) < MAX_LEFT:
                held[key] = alternative
            else:
                carried = capabilities([*held.values(), value])
                held.clear()
                held[_ANYTHING] = Anything("it changes at times that are not known", carried)

    def reread(self, place: tuple[str, Any], value: Value | None) -> Value | None:
        """Return what is read at a place where `value` was put last, None where there is nothing."""
        held = self.timeless.get(place)
        return value if held is None else join(value, union(held.values()))

    def replaces(self, path: int) -> bool:
        """Return whether storing into what was made on the branch `path` leaves nothing of what was there."""
        return path == self.path and not self.deferred and not self.monotone

    def passes(self, container: Seq | Map, key: Any, *old: Value | None) -> None:
        """Note that a container changes for certain, for whoever may see what it held before."""
        if self.passed is not None:
            self.passed += [(container, key, one) for one in old or (None,)]

    def changed(self, path: int, old: Value | None, new: Value) -> None:
        """Note that a part of what was made on a branch was replaced: what followed from it may not hold."""
        if new is not old and (old is None or grew(old, new)):
            self.version += 1
            self.oldest = min(self.oldest, path)

    def merged(self, path: int, old: Value | None, new: Value) -> Value:
        """Return what a part of an object is after something that may have been stored there."""
        if old is None:
            result = new
        elif not grew(old, new):
            return old
        else:
            result = join(old, new)
            if self.turn >= EXACT_TURNS:
                result = widened(result, wholly=self.turn >= PARTED_TURNS)
                if isinstance(old, Anything) and not grew(old, result):
                    return old
        self.changed(path, old, result)
        return result

    def defer(self, code: Callable[[], object], node: cst.CSTNode) -> None:
        """Note code that may run later than it is followed; what is at `node` runs it."""
        if not self.settling:
            self.deferred.append(((self.version, self.rebound), code, node))

    def at_once(self, nodes: Iterable[cst.CSTNode]) -> None:
        """Note that what the expressions at `nodes` gave is used up, so that nothing of it runs later."""
        if self.deferred:
            used = {id(node) for node in nodes}
            self.deferred = [entry for entry in self.deferred if id(entry[2]) not in used]

    def pour(self, pool: Any, values: Iterable[Value]) -> None:
        """Add what can act among `values` to a pool."""
        held = self.pools.setdefault(pool, {})
        poured = capabilities(values)
        self.step(len(poured) // 4)
        for value in poured:
            held.setdefault(rough_key(value), value)

    def draw(self, pool: Any) -> tuple[Value, ...]:
        """Return what a pool holds; what is poured in later is seen when the module is followed again."""
        held = self.pools.get(pool, {})
        self.seen.setdefault(pool, len(held))
        return tuple(held.values())

    def grown(self) -> bool:
        """Return whether something came to where it had been looked for already."""
        return self.moved or any(len(self.pools.get(pool, ())) > size for pool, size in self.seen.items())

    def in_working_folder(self, paths: list[Text]) -> list[Text]:
        """Return what relative paths can mean after the program changed its working folder."""
        found = list(paths)
        for folder in self.folders:
            for path in paths:
                first = path.parts[0] if isinstance(path, Template) else path
                if isinstance(first, str) and first.startswith("/"):
                    continue
                if isinstance(folder, Unknown) or isinstance(path, Unknown):
                    found.append(folder if isinstance(folder, Unknown) else path)
                    continue
                parts = [*_parts(folder), "/", *_parts(path)]
                holes = any(isinstance(part, Hole) for part in parts)
                found.append(Template(tuple(parts)) if holes else "".join(str(part) for part in parts))
        return list(dict.fromkeys(found))

    def branch(self) -> int:
        """Enter a branch; give what it returns to `rejoin`."""
        before = self.path
        self._paths += 1
        self.path = self._paths
        return before

    def rejoin(self, before: int) -> None:
        """Leave a branch."""
        self.path = before

    def sequence(self, items: list[Value], more: Value | None = None, kind: str = "list") -> Seq:
        """Return a new sequence, made on the current branch."""
        return self._placed(Seq(items, more, kind, self.path))

    def mapping(self, items: dict[Any, Value] | None = None, more: Value | None = None) -> Map:
        """Return a new dictionary, made on the current branch."""
        return self._placed(Map(items, more, self.path))

    def _placed(self, container: _Container) -> _Container:
        """Note where a container is made, and put in what code that may run at any time leaves there."""
        container.site = id(self.statement)
        held = self.timeless.get(("container", container.site)) if self.timeless else None
        if held is not None:
            container.more = join(container.more, union(held.values()))
            container.loose = True
        return container

    def escape(self, function: Func, carried: Sequence[Value]) -> None:
        """Note that a function can be called by code we don't follow, with the capabilities in `carried`."""
        self.escaped[id(function)] = function
        self.step()
        keys, keyed = self._keyed(carried)
        if keys <= function.carried:
            return
        for key, value in keyed:
            if value is function or key in function.carried:
                continue
            function.carried.add(key)
            if isinstance(value, Ref) and _is_part(value, function.carries):
                continue
            if len(function.carries) >= MAX_ALTERNATIVES:
                if isinstance(value, OWN):
                    # It is followed with any arguments, whoever calls it.
                    continue
                if len(function.carries) >= MAX_CAPABILITIES:
                    value = Obj(DYNAMIC)  # noqa: PLW2901 - one stands for all that don't fit
            function.carries.append(value)

    def _keyed(self, carried: Sequence[Value]) -> tuple[frozenset[Any], list[tuple[Any, Value]]]:
        """Return what tells values apart, and they with it; many functions escape with the same ones."""
        state = (self.version, self.rebound)
        if self._carried is None or self._carried[0] is not carried or self._carried[1] != state:
            self.step(len(carried))
            keyed = [(rough_key(value), value) for value in carried]
            self._carried = (carried, state, (frozenset(key for key, _ in keyed), keyed))
        return self._carried[2]

    def unknown(self, why: str) -> Anything:
        """Return a value of which nothing is known."""
        return Anything(why)


def _is_part(value: Ref, known: Iterable[Value]) -> bool:
    """Return whether a reference is an attribute, which the catalogue doesn't list, of one that is known."""
    return value.name not in CATALOGUE and any(
        isinstance(other, Ref) and value.name.startswith(f"{other.name}.") for other in known
    )


def _parts(text: str | Template) -> tuple[str | Hole, ...]:
    return text.parts if isinstance(text, Template) else (text,)


def _by_name(item: tuple[str, Any]) -> str:
    return item[0]
