"""Names and what they are bound to, at one point of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from execgate.analysis.values import Value, join

if TYPE_CHECKING:
    import libcst as cst


class Scope:
    """One namespace: of the module, a function, a class body or a comprehension.

    `names` is what each name is bound to now.  `history` is everything that a name was ever bound to, for
    code that runs at an unknown time.
    """

    __slots__ = (
        "cls",
        "globals",
        "history",
        "kind",
        "names",
        "nonlocals",
        "parent",
        "receiver",
        "shared",
        "site",
        "stars",
    )

    def __init__(self, kind: str, parent: Scope | None = None) -> None:
        self.kind = kind
        self.parent = parent
        self.shared = kind in {"module", "class"}
        """Whether code of other functions sees its names."""
        self.names: dict[str, Value] = {}
        self.history: dict[str, Value] = {}
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.stars: list[str] = []
        """Modules of which every name was imported."""
        self.site: cst.CSTNode | None = None
        """In a module of another file: the import, where all it does is reported."""
        self.cls: Value | None = None
        """In a method: the class that it stands in."""
        self.receiver: Value | None = None
        """In a method: its first argument."""

    def share(self) -> None:
        """Note that code which runs later than it stands sees the names of this scope and those around it."""
        scope: Scope | None = self
        while scope is not None and not scope.shared:
            scope.shared = True
            scope = scope.parent

    @property
    def module(self) -> Scope:
        """The module's scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def target(self, name: str) -> Scope:
        """Return the scope in which an assignment to `name` binds it."""
        scope = self
        if name in scope.globals:
            return scope.module
        if name in scope.nonlocals:
            parent = scope.parent
            while parent is not None:
                if parent.kind == "function" and (name in parent.names or name in parent.history):
                    return parent
                parent = parent.parent
            parent = scope.parent
            while parent is not None and parent.kind != "function":
                parent = parent.parent
            return parent if parent is not None else scope
        return scope

    def bind(self, name: str, value: Value) -> None:
        """Bind `name`, in this scope, to `value` from here on."""
        old = self.names.get(name)
        if old is not None and old is not value:
            self.history[name] = join(self.history.get(name, old), value)
        self.names[name] = value

    def unbind(self, name: str) -> None:
        """Forget `name`, as `del` does."""
        scope = self.target(name)
        if name in scope.names:
            scope.history[name] = join(scope.history.get(name), scope.names.pop(name))

    def lookup(self, name: str, *, late: bool) -> Value | None:
        """Return what `name` is bound to here, None where it is bound nowhere.

        With `late` the code may run at any time, so what an outer scope ever held counts.
        """
        scope: Scope | None = self
        if name in self.globals:
            scope = self.module
        first = True
        while scope is not None:
            if first or scope.kind != "class":
                value = scope.names.get(name)
                if late and scope is not self:
                    past = scope.history.get(name)
                    if past is not None:
                        return join(past, value)
                if value is not None:
                    return value
            first = False
            scope = scope.parent
        return None


def merge(
    left: dict[str, Value],
    right: dict[str, Value],
    scope: Scope,
    fallback: Callable[[Scope, str], Value | None],
) -> dict[str, Value]:
    """Return what names of `scope` are bound to where two branches meet.

    A name bound on one of them counts; outside functions, what it otherwise stands for (`fallback`) does too.
    """
    if left is right:
        return left
    merged = dict(left)
    for name, value in right.items():
        other = merged.get(name)
        if other is None and scope.kind in {"module", "class"}:
            other = fallback(scope, name)
        merged[name] = value if other is None or other is value else join(other, value)
    if scope.kind in {"module", "class"}:
        for name in left.keys() - right.keys():
            merged[name] = join(merged[name], fallback(scope, name))
    return merged
