"""What an expression can be before the program runs: the lattice of abstract values.

From known to unknown: a constant, a text with holes, a number, a container, something that the program
defines, something that a library defines, one of several, anything.

`Anything` remembers which *capabilities* may hide in it: a value that went into code we don't follow may come
out of it again, so calling what came out is judged as calling what went in.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from execgate.analysis.work import OutOfWorkError
from execgate.model.values import Hole

if TYPE_CHECKING:
    import libcst as cst

    from execgate.analysis.scopes import Scope

MAX_ALTERNATIVES = 64
"""How many values one expression may have before it counts as unknown."""

MAX_CAPABILITIES = 256
"""How many capabilities may hide in one value before it counts as any of them."""

MAX_TEXT = 1 << 16
"""The longest text that is folded, in characters."""

MAX_PARTS = 12
"""How many literals and holes a text has that is told apart from others, where texts may grow for ever."""

DYNAMIC = "dynamic"
"""The type of what was reached by a name that is only known at run time, or by introspection."""


Part: TypeAlias = "str | Hole"
"""A literal, or a hole: a part of a text that is only known when the program runs."""


MAX_WALKED = 200_000
"""How many values are looked at, in one program, for what hides in large containers."""


class _Walked(threading.local):
    """How much the analysis of this thread has looked through: values know no machine that could count it."""

    nodes = 0

    def add(self, count: int) -> None:
        """Count values that were looked at; raises OutOfWorkError at the bound."""
        self.nodes += count
        if self.nodes > MAX_WALKED:
            raise OutOfWorkError


WALKED = _Walked()


class Value:
    """The base of all abstract values."""

    __slots__ = ()

    def key(self) -> Any:
        """Return what makes two values the same one; things with an identity are their own."""
        return id(self)


class Const(Value):
    """A constant of a Python type that can't change."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        if type(self.value) is slice:
            return ("slice", self.value.start, self.value.stop, self.value.step)
        return ("const", type(self.value), self.value)


class Interpreter(enum.Enum):
    """Stands in a text for the path of the sandbox's Python: where that lies is not known, but what it is."""

    PATH = "sys.executable"


class Str(Value):
    """A text with holes.

    `named` is the same text with Interpreter.PATH where it has the path of the interpreter, which is a hole
    in `parts`; None where it has none.
    """

    __slots__ = ("named", "parts")

    def __init__(self, parts: tuple[Part, ...], named: tuple[Part | Interpreter, ...] | None = None) -> None:
        self.parts = parts
        self.named = named

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        return ("str", self.parts, self.named)


class Num(Value):
    """Some number."""

    __slots__ = ()

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        return "num"


class Anything(Value):
    """A value of which nothing is known, but which capabilities may hide in it; `why` is said to people."""

    __slots__ = ("_flat", "_key", "_shape", "carries", "why")

    def __init__(self, why: str, carries: tuple[Value, ...] = ()) -> None:
        self.why = why
        self.carries = carries
        self._key: Any = "any" if not carries else None
        self._shape: frozenset[Any] | None = None
        self._flat: bool | None = None

    @property
    def flat(self) -> bool:
        """Whether what it carries holds nothing that counts by itself."""
        if self._flat is None:
            self._flat = len(self.carries) <= MAX_ALTERNATIVES and all(
                type(value) in _DEFINED for value in self.carries
            )
        return self._flat

    @property
    def shape(self) -> frozenset[Any]:
        """Which kinds of capabilities may hide in it."""
        if self._shape is None:
            self._shape = frozenset(rough_key(value) for value in self.carries)
        return self._shape

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        if self._key is None:
            self._key = ("any", frozenset(value.key() for value in self.carries))
        return self._key


class Ref(Value):
    """A module, function, class or attribute of a library, by its canonical qualified name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        return ("ref", self.name)


class Obj(Value):
    """An object of a library's type; `fields` are what it was made from, by parameter name.

    `path` is the branch on which it was made, as of a Seq, where that is known; `maker` is what made it, by
    default its type.
    """

    __slots__ = ("fields", "maker", "path", "type")

    def __init__(
        self, type_name: str, fields: dict[str, Value] | None = None, path: int = 0, maker: str | None = None
    ) -> None:
        self.type = type_name
        self.fields = fields or {}
        self.path = path
        self.maker = maker or type_name

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        if any(not isinstance(value, PLAIN) for value in self.fields.values()):
            return id(self)
        return ("obj", self.type, tuple((name, value.key()) for name, value in self.fields.items()))


class Bound(Value):
    """A method of a library's object, or of something unknown (then `receiver` is Anything)."""

    __slots__ = ("name", "receiver")

    def __init__(self, receiver: Value, name: str) -> None:
        self.receiver = receiver
        self.name = name

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        return ("bound", self.receiver.key(), self.name)


class Seq(Value):
    """A list, tuple, set or iterator: `items` in their order, then any number of `more`."""

    __slots__ = ("items", "kind", "loose", "maker", "more", "path", "result", "site")

    def __init__(
        self, items: Iterable[Value] = (), more: Value | None = None, kind: str = "list", path: int = 0
    ) -> None:
        self.items = list(items)
        self.more = more
        self.kind = kind
        self.path = path
        """On which branch it was made: only there is a change certain."""
        self.site = 0
        """Which statement made it."""
        self.loose = False
        """Whether any of its places may hold any of `more`."""
        self.maker: Func | None = None
        """The generator function that it comes from."""
        self.result: Value | None = None
        """What the generator returns at its end."""

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        return id(self)

    def element(self) -> Value:
        """Return what any one of its elements can be."""
        values = [*self.items, *([self.more] if self.more is not None else [])]
        return union(values) if values else Anything("it is an element of an empty sequence")


class Map(Value):
    """A dictionary: values under constant keys, and `more` under keys that are not among them."""

    __slots__ = ("items", "keys", "loose", "maybe", "more", "path", "site", "views")

    def __init__(
        self, items: dict[Any, Value] | None = None, more: Value | None = None, path: int = 0
    ) -> None:
        self.items = items if items is not None else {}
        self.maybe: set[Any] = set()
        """Those of its keys that may be missing."""
        self.more = more
        self.keys: Value | None = None
        """What can act and is a key."""
        self.path = path
        self.site = 0
        """Which statement made it."""
        self.loose = False
        """Whether any of its keys may hold any of `more`."""
        self.views: list[tuple[Seq, bool]] = []
        """What `values()`, and with True `items()`, gave: they see what is stored later."""

    def element(self) -> Value:
        """Return what any one of its values can be."""
        values = [*self.items.values(), *([self.more] if self.more is not None else [])]
        return union(values) if values else Anything("it is a value of an empty dictionary")


class Func(Value):
    """A function or lambda of the program."""

    __slots__ = (
        "annotations",
        "attributes",
        "carried",
        "carries",
        "cls",
        "defaults",
        "node",
        "scope",
        "static",
    )

    def __init__(self, node: cst.FunctionDef | cst.Lambda, scope: Scope, defaults: dict[str, Value]) -> None:
        self.node = node
        self.scope = scope
        self.defaults = defaults
        self.annotations: tuple[Value, ...] = ()
        """What its annotations are, where they are more than data."""
        self.cls: Class | None = None
        self.static = ""
        """`static` or `class` where a decorator says so."""
        self.attributes: dict[str, Value] = {}
        self.carries: list[Value] = []
        """What may reach its parameters from code that we don't follow."""
        self.carried: set[Any] = set()
        """The keys of `carries`."""

    @property
    def name(self) -> str:
        """The function's name for people."""
        name = getattr(self.node, "name", None)
        return name.value if name is not None else "<lambda>"


class Property(Value):
    """An attribute of a class that is computed: its functions to get, to set and to delete it."""

    __slots__ = ("deleter", "getter", "setter")

    def __init__(
        self, getter: Value | None, setter: Value | None = None, deleter: Value | None = None
    ) -> None:
        self.getter = getter
        self.setter = setter
        self.deleter = deleter


class Class(Value):
    """A class of the program."""

    __slots__ = (
        "attributes",
        "bases",
        "certain",
        "fields",
        "instances",
        "intercepts",
        "members",
        "metaclass",
        "mro",
        "name",
        "subclasses",
        "tuple",
    )

    def __init__(
        self, name: str, bases: list[Value], attributes: dict[str, Value], *, certain: bool = True
    ) -> None:
        self.name = name
        self.bases = bases
        self.attributes = attributes
        self.certain = certain
        """Whether each of the bases really is one, and not one of several that it could be."""
        self.fields: list[str] = []
        """The names that are annotated in its body, in order: the fields of a data class."""
        self.members: set[str] = set()
        """The names of the members of an enumeration."""
        self.tuple = False
        """Whether its instances are tuples of their fields."""
        self.intercepts = False
        """Whether it has a say in how attributes of its instances are read or set."""
        self.metaclass: Value | None = None
        self.instances: list[Inst] = []
        self.mro: tuple[Value, ...] = (self, *_merged_bases(bases))
        """The class and its bases, in the order in which Python searches them."""
        self.subclasses: list[Class] = []
        """The classes that name it among their bases."""
        for base in bases:
            if isinstance(base, Class):
                base.subclasses.append(self)

    def lookup(self, attribute: str) -> Value | None:
        """Return what the class or one of its own bases has under a name."""
        if not self.bases:
            return self.attributes.get(attribute)
        return self.found_in(self.mro, attribute)

    def found_in(self, classes: Iterable[Value], attribute: str) -> Value | None:
        """Return what the first of `classes` that has it has under a name."""
        found: Value | None = None
        for cls in classes:
            if isinstance(cls, Class) and attribute in cls.attributes:
                found = join(found, cls.attributes[attribute])
                if self.certain and cls.certain:
                    break
        return found

    def foreign_bases(self) -> Iterator[Value]:
        """Yield the bases that a library defines, or that are unknown, through its own bases."""
        for base in self.mro:
            if not isinstance(base, Class):
                yield base


def _merged_bases(bases: list[Value]) -> list[Value]:
    """Return what follows a class in its method resolution order: Python's C3 merge.

    Bases that contradict each other, which Python refuses, come in the order in which they are met.
    """
    if len(bases) == 1:
        return list(bases[0].mro) if isinstance(bases[0], Class) else bases
    waiting = [list(base.mro) if isinstance(base, Class) else [base] for base in bases]
    waiting.append(list(bases))
    merged: list[Value] = []
    while any(waiting):
        waiting = [queue for queue in waiting if queue]
        heads = [queue[0] for queue in waiting]
        blocked = {id(value) for queue in waiting for value in queue[1:]}
        chosen = next((head for head in heads if id(head) not in blocked), heads[0])
        merged.append(chosen)
        waiting = [[value for value in queue if value is not chosen] for queue in waiting]
    return merged


class Inst(Value):
    """An instance of one of the program's classes."""

    __slots__ = ("attributes", "cls", "gone", "made", "path")

    def __init__(self, cls: Class, path: int = 0) -> None:
        self.cls = cls
        self.path = path
        self.gone = False
        """Whether it went where it is not followed."""
        self.made: Value | None = None
        """What the library's own base class made of the arguments."""
        self.attributes: dict[str, Value] = {}


class Method(Value):
    """A function of the program with its first argument."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Value, receiver: Value) -> None:
        self.function = function
        self.receiver = receiver

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        return ("method", self.function.key(), self.receiver.key())


class Super(Value):
    """What `super()` gives inside a method."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: Class, receiver: Value) -> None:
        self.cls = cls
        self.receiver = receiver


class Partial(Value):
    """A callable with arguments already given."""

    __slots__ = ("args", "function")

    def __init__(self, function: Value, args: Args) -> None:
        self.function = function
        self.args = args


class Union(Value):
    """One of several values, at least two and none of them a union."""

    __slots__ = ("_key", "values")

    def __init__(self, values: tuple[Value, ...]) -> None:
        self.values = values
        self._key: Any = None

    def key(self) -> Any:  # noqa: D102 - see `Value.key`
        if self._key is None:
            self._key = ("union", frozenset(value.key() for value in self.values))
        return self._key


class Args:
    """The arguments of a call; `rest` and `others` are what unknown `*` and `**` arguments hold."""

    __slots__ = ("keywords", "others", "positional", "rest")

    EMPTY: ClassVar[Args]

    def __init__(
        self,
        positional: list[Value] | None = None,
        keywords: dict[str, Value] | None = None,
        rest: Value | None = None,
        others: Value | None = None,
    ) -> None:
        self.positional = positional if positional is not None else []
        self.keywords = keywords if keywords is not None else {}
        self.rest = rest
        self.others = others

    def values(self) -> Iterator[Value]:
        """Yield every value that goes in."""
        yield from self.positional
        yield from self.keywords.values()
        if self.rest is not None:
            yield self.rest
        if self.others is not None:
            yield self.others

    def first(self, name: str = "") -> Value | None:
        """Return the first argument, or the one of that name."""
        return self.get(0, name)

    def get(self, index: int, name: str = "") -> Value | None:
        """Return the argument at a position or of a name; what an unknown `*` could hold counts."""
        if index < len(self.positional):
            return self.positional[index]
        if name and name in self.keywords:
            return self.keywords[name]
        if self.rest is not None:
            return self.rest
        return self.others if name else None

    def after(self, value: Value) -> Args:
        """Return the arguments with one more in front."""
        return Args([value, *self.positional], self.keywords, self.rest, self.others)

    def without_first(self) -> Args:
        """Return the arguments but the first positional one."""
        return Args(self.positional[1:], self.keywords, self.rest, self.others)

    def key(self) -> Any:
        """Return what makes two calls the same one."""
        return (
            tuple(value.key() for value in self.positional),
            tuple((name, value.key()) for name, value in self.keywords.items()),
            self.rest.key() if self.rest is not None else None,
            self.others.key() if self.others is not None else None,
        )


Args.EMPTY = Args()

NUM = Num()
NONE = Const(None)
TRUE = Const(True)  # noqa: FBT003
FALSE = Const(False)  # noqa: FBT003

PLAIN = (Const, Str, Num)
"""Values that are data, and can do nothing."""

STATELESS = (*PLAIN, Ref, Func, Class)
"""Values that don't change, or whose changes count as those of names do."""


OWN = (Func, Class, Inst)
"""Values that the program itself defines."""


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return what `value` can be, one by one."""
    return value.values if isinstance(value, Union) else (value,)


def union(values: Iterable[Value]) -> Value:
    """Return a value that is one of `values`; too many plain ones become anything."""
    given = list(values)
    if len(given) == 1:
        return given[0]
    found: dict[Any, Value] = {}
    for value in given:
        for alternative in value.values if isinstance(value, Union) else (value,):
            found.setdefault(alternative.key(), alternative)
    if len(found) == 1:
        return next(iter(found.values()))
    if len(found) > MAX_ALTERNATIVES:
        return derived(f"it has more than {MAX_ALTERNATIVES} possible values", found.values())
    return Union(tuple(found.values()))


def join(left: Value | None, right: Value | None) -> Value:
    """Return a value that is either; one that is missing adds nothing."""
    if left is None or left is right:
        return right if right is not None else NONE
    if right is None:
        return left
    return union((left, right))


def capabilities(values: Iterable[Value]) -> tuple[Value, ...]:
    """Return what among `values`, and inside them, can act: everything but plain data."""
    stack = [value for value in values if type(value) not in _DATA]
    if not stack:
        return ()
    if len(stack) == 1 and isinstance(stack[0], Anything) and stack[0].flat:
        return stack[0].carries
    found: dict[Any, Value] = {}
    seen: set[int] = set()
    stack.reverse()
    while stack:
        value = stack.pop()
        kind = type(value)
        if kind in _DATA or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Anything):
            stack.extend(value.carries[::-1])
        elif isinstance(value, Union):
            stack.extend(value.values[::-1])
        elif kind in _DEFINED and len(found) < MAX_ALTERNATIVES:
            found.setdefault(value.key(), value)
        elif isinstance(value, Bound) and not isinstance(value.receiver, Obj):
            # A method of something that is not known, or of plain data, is no more than what hides in that.
            stack.append(value.receiver)
        elif isinstance(value, (Seq, Map)):
            if value.more is not None:
                stack.append(value.more)
            stack.extend(value.items.values() if isinstance(value, Map) else value.items)
            if isinstance(value, Map) and value.keys is not None:
                stack.append(value.keys)
            if isinstance(value, Seq) and value.result is not None:
                stack.append(value.result)
        else:
            if len(found) >= MAX_ALTERNATIVES and isinstance(value, OWN):
                # What one of so many holds counts by itself.
                stack.extend(value.attributes.values() if isinstance(value, Inst) else ())
                continue
            found.setdefault(value.key(), value)
            if len(found) > MAX_CAPABILITIES:
                found["any"] = Obj(DYNAMIC)
                break
    if len(seen) > _MANY:
        WALKED.add(len(seen))
    return tuple(found.values())


_DATA = frozenset(PLAIN)

_DEFINED = frozenset({Func, Ref, Class, Inst, Obj})
"""What holds nothing that counts by itself."""

_MANY = 8
"""How many values are looked through without being counted."""


def rough_key(value: Value, depth: int = 0) -> Any:
    """Return what makes two values the same one in two passes over a program: where they were defined."""
    if isinstance(value, Func):
        return ("function", id(value.node))
    if isinstance(value, Method):
        return ("method", rough_key(value.function))
    if isinstance(value, Ref):
        return value.key()
    if isinstance(value, Bound):
        return ("bound", rough_key(value.receiver), value.name)
    if isinstance(value, PLAIN):
        return "a long text" if isinstance(value, Str) and len(value.parts) > MAX_PARTS else value.key()
    if isinstance(value, Obj) and depth < 2:
        fields = value.fields.items()
        return ("object", value.type, frozenset((n, rough_key(v, depth + 1)) for n, v in fields))
    if isinstance(value, Inst):
        inner: frozenset[Any] = frozenset()
        if depth < 1:
            held = value.attributes.items()
            inner = frozenset((n, rough_key(v, depth + 1)) for n, v in held if type(v) not in _DATA)
        return ("instance", value.cls.name, inner)
    if isinstance(value, (Anything, Union, Seq, Map)):
        return (type(value), None)
    name = getattr(value, "name", None)
    return (type(value), name or getattr(value, "type", None))


def derived(why: str, values: Iterable[Value] = ()) -> Anything:
    """Return anything that may hold on to the capabilities among `values`."""
    return Anything(why, capabilities(values))
