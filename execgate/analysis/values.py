"""What an expression can be before the program runs: the lattice of abstract values.

From known to unknown: a constant, a text with holes, a number, a container, something that the program
defines, something that a library defines, one of several, anything.

`Anything` remembers which *capabilities* may hide in it: a value that went into code we don't follow may come
out of it again, so calling what came out is judged as calling what went in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from execgate.model.values import Hole

if TYPE_CHECKING:
    import libcst as cst

    from execgate.analysis.scopes import Scope

MAX_ALTERNATIVES = 64
"""How many values one expression may have before it counts as unknown."""

MAX_TEXT = 1 << 16
"""The longest text that is folded, in characters."""


Part: TypeAlias = "str | Hole"
"""A literal, or a hole: a part of a text that is only known when the program runs."""


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

    def key(self) -> Any:  # noqa: D102
        return ("const", type(self.value), self.value)


class Str(Value):
    """A text with holes."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts

    def key(self) -> Any:  # noqa: D102
        return ("str", self.parts)


class Num(Value):
    """Some number."""

    __slots__ = ()

    def key(self) -> Any:  # noqa: D102
        return "num"


class Anything(Value):
    """A value of which nothing is known, but which capabilities may hide in it; `why` is said to people."""

    __slots__ = ("_key", "carries", "why")

    def __init__(self, why: str, carries: tuple[Value, ...] = ()) -> None:
        self.why = why
        self.carries = carries
        self._key: Any = "any" if not carries else None

    def key(self) -> Any:  # noqa: D102
        if self._key is None:
            self._key = ("any", frozenset(value.key() for value in self.carries))
        return self._key


class Ref(Value):
    """A module, function, class or attribute of a library, by its canonical qualified name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def key(self) -> Any:  # noqa: D102
        return ("ref", self.name)


class Obj(Value):
    """An object of a library's type; `fields` are what it was made from, by parameter name."""

    __slots__ = ("fields", "type")

    def __init__(self, type_name: str, fields: dict[str, Value] | None = None) -> None:
        self.type = type_name
        self.fields = fields or {}

    def key(self) -> Any:  # noqa: D102
        if any(not isinstance(value, _PLAIN) for value in self.fields.values()):
            return id(self)
        return ("obj", self.type, tuple((name, value.key()) for name, value in self.fields.items()))


class Bound(Value):
    """A method of a library's object, or of something unknown (then `receiver` is Anything)."""

    __slots__ = ("name", "receiver")

    def __init__(self, receiver: Value, name: str) -> None:
        self.receiver = receiver
        self.name = name

    def key(self) -> Any:  # noqa: D102
        return ("bound", self.receiver.key(), self.name)


class Seq(Value):
    """A list, tuple, set or iterator: `items` in their order, then any number of `more`."""

    __slots__ = ("items", "kind", "more", "path")

    def __init__(
        self, items: Iterable[Value] = (), more: Value | None = None, kind: str = "list", path: int = 0
    ) -> None:
        self.items = list(items)
        self.more = more
        self.kind = kind
        self.path = path
        """On which branch it was made: only there is a change certain."""

    def key(self) -> Any:  # noqa: D102
        return id(self)

    def element(self) -> Value:
        """Return what any one of its elements can be."""
        values = [*self.items, *([self.more] if self.more is not None else [])]
        return union(values) if values else Anything("it is an element of an empty sequence")


class Map(Value):
    """A dictionary: values under constant keys, then any number of `more` under unknown ones."""

    __slots__ = ("items", "more", "path")

    def __init__(
        self, items: dict[Any, Value] | None = None, more: Value | None = None, path: int = 0
    ) -> None:
        self.items = items or {}
        self.more = more
        self.path = path

    def element(self) -> Value:
        """Return what any one of its values can be."""
        values = [*self.items.values(), *([self.more] if self.more is not None else [])]
        return union(values) if values else Anything("it is a value of an empty dictionary")


class Func(Value):
    """A function or lambda of the program."""

    __slots__ = ("carries", "cls", "defaults", "node", "scope", "static")

    def __init__(self, node: cst.FunctionDef | cst.Lambda, scope: Scope, defaults: dict[str, Value]) -> None:
        self.node = node
        self.scope = scope
        self.defaults = defaults
        self.cls: Class | None = None
        self.static = ""
        """`static`, `class` or `property` where a decorator says so."""
        self.carries: list[Value] = []
        """What may reach its parameters from code that we don't follow."""

    @property
    def name(self) -> str:
        """The function's name for people."""
        name = getattr(self.node, "name", None)
        return name.value if name is not None else "<lambda>"


class Class(Value):
    """A class of the program."""

    __slots__ = ("attributes", "bases", "instances", "name")

    def __init__(self, name: str, bases: list[Value], attributes: dict[str, Value]) -> None:
        self.name = name
        self.bases = bases
        self.attributes = attributes
        self.instances: list[Inst] = []

    def lookup(self, attribute: str, depth: int = 0) -> Value | None:
        """Return what the class or one of its own bases has under a name."""
        found = self.attributes.get(attribute)
        if found is not None or depth > 20:
            return found
        for base in self.bases:
            if isinstance(base, Class):
                found = base.lookup(attribute, depth + 1)
                if found is not None:
                    return found
        return None

    def foreign_bases(self, depth: int = 0) -> Iterator[Value]:
        """Yield the bases that a library defines, or that are unknown, through its own bases."""
        for base in self.bases:
            if isinstance(base, Class):
                if depth < 20:
                    yield from base.foreign_bases(depth + 1)
            else:
                yield base


class Inst(Value):
    """An instance of one of the program's classes."""

    __slots__ = ("attributes", "cls", "made")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.made: Value | None = None
        """What the library's own base class made of the arguments."""
        self.attributes: dict[str, Value] = {}


class Method(Value):
    """A function of the program with its first argument."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Value, receiver: Value) -> None:
        self.function = function
        self.receiver = receiver

    def key(self) -> Any:  # noqa: D102
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

    def key(self) -> Any:  # noqa: D102
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

_PLAIN = (Const, Str, Num)


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return what `value` can be, one by one."""
    return value.values if isinstance(value, Union) else (value,)


def union(values: Iterable[Value]) -> Value:
    """Return a value that is one of `values`; too many plain ones become anything."""
    found: dict[Any, Value] = {}
    for value in values:
        for alternative in alternatives(value):
            found.setdefault(alternative.key(), alternative)
    if len(found) == 1:
        return next(iter(found.values()))
    if len(found) > MAX_ALTERNATIVES:
        return Anything(
            f"it has more than {MAX_ALTERNATIVES} possible values",
            tuple(value for value in found.values() if not isinstance(value, _PLAIN))[:MAX_ALTERNATIVES],
        )
    return Union(tuple(found.values()))


def join(left: Value | None, right: Value | None) -> Value:
    """Return a value that is either; one that is missing adds nothing."""
    if left is None or left is right:
        return right if right is not None else NONE
    if right is None:
        return left
    return union((left, right))


def capabilities(values: Iterable[Value], depth: int = 0) -> tuple[Value, ...]:
    """Return what among `values`, and inside them, can act: everything but plain data."""
    found: dict[Any, Value] = {}
    for value in values:
        if isinstance(value, _PLAIN):
            continue
        inner: Iterable[Value] = ()
        if isinstance(value, Anything):
            inner = value.carries
        elif isinstance(value, Union):
            inner = value.values
        elif isinstance(value, Bound) and not isinstance(value.receiver, Obj):
            # A method of something that is not known, or of plain data, is no more than what hides in that.
            inner = (value.receiver,)
        elif isinstance(value, (Seq, Map)):
            items = value.items.values() if isinstance(value, Map) else value.items
            inner = [*items, *([value.more] if value.more is not None else [])]
        else:
            found.setdefault(value.key(), value)
            continue
        if depth < 6:
            for capability in capabilities(inner, depth + 1):
                found.setdefault(capability.key(), capability)
        if len(found) > MAX_ALTERNATIVES:
            break
    return tuple(found.values())


def derived(why: str, values: Iterable[Value] = ()) -> Anything:
    """Return anything that may hold on to the capabilities among `values`."""
    return Anything(why, capabilities(values))
