"""Names and what they are bound to, at one point of the program."""

from __future__ import annotations

from execgate.analysis.values import Value, join


class Scope:
    """One namespace: of the module, a function, a class body or a comprehension.

    `names` is what each name is bound to now.  `history` is everything that a name was ever bound to, for
    code that runs at an unknown time.
    """

    __slots__ = ("cls", "globals", "history", "kind", "names", "nonlocals", "parent", "receiver", "stars")

    def __init__(self, kind: str, parent: Scope | None = None) -> None:
        self.kind = kind
        self.parent = parent
        self.names: dict[str, Value] = {}
        self.history: dict[str, Value] = {}
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.stars: list[str] = []
        """Modules of which every name was imported."""
        self.cls: Value | None = None
        """In a method: the class that it stands in."""
        self.receiver: Value | None = None
        """In a method: its first argument."""

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
                if parent.kind == "function" and name in parent.names:
                    return parent
                parent = parent.parent
        return scope

    def bind(self, name: str, value: Value) -> None:
        """Bind `name` to `value` from here on."""
        scope = self.target(name)
        if name in scope.names:
            scope.history[name] = join(scope.history.get(name, scope.names[name]), value)
        scope.names[name] = value

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


def merge(left: dict[str, Value], right: dict[str, Value]) -> dict[str, Value]:
    """Return what names are bound to where two branches meet; a name bound on one of them counts."""
    if left is right:
        return left
    merged = dict(left)
    for name, value in right.items():
        other = merged.get(name)
        merged[name] = value if other is None or other is value else join(other, value)
    return merged
