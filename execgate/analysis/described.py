"""What a class of the program says of itself: its fields, the classes above it and those below."""

from __future__ import annotations

from execgate.analysis.machine import Machine
from execgate.analysis.values import Anything, Args, Class, Const, Map, Obj, Partial, Ref, Value

FIELD = "dataclasses.Field"
"""The type of what stands in the class for a field of its instances."""

OF_INSTANCES = {"_fields", "__match_args__", "__annotations__", "__dataclass_fields__"}
"""What a class says of its fields to its instances too."""


def of_class(m: Machine, value: Class, name: str) -> Value | None:
    """Return what a class says of its own fields and bases under a name that Python gives it."""
    if name == "__subclasses__":
        return Partial(SUBCLASSES, Args([value]))
    if name == "__annotations__":
        return Map({field: Anything("it is an annotation") for field in value.fields}, path=m.path)
    if name in {"__bases__", "__base__", "__mro__"}:
        bases = [*(value.mro if name == "__mro__" else value.bases)] or [_OBJECT]
        above = [_OBJECT] if name == "__mro__" else []
        return bases[0] if name == "__base__" else m.sequence([*bases, *above], kind="tuple")
    fields = fields_of(value)
    if not fields:
        return None
    if name in {"_fields", "__match_args__"}:
        return m.sequence([Const(field) for field in fields], kind="tuple")
    if name == "__dataclass_fields__":
        return Map({field: Obj(FIELD, {"name": Const(field)}) for field in fields}, path=m.path)
    return None


SUBCLASSES = Ref("builtins.type.__subclasses__()")
"""What stands for the method that lists the classes of the program that inherit from one."""

_OBJECT = Ref("builtins.object")


def fields_of(cls: Class) -> list[str]:
    """Return the names that are annotated in a class, and in those that it inherits from before it."""
    own = (base for base in reversed(cls.mro) if isinstance(base, Class))
    return list(dict.fromkeys(name for base in own for name in base.fields))
