"""Methods of numbers that are known."""

from __future__ import annotations

from execgate.analysis.folding.constants import apply
from execgate.analysis.machine import Machine
from execgate.analysis.values import MAX_TEXT, Args, Const, Value, alternatives

_METHODS = frozenset(
    """
    bit_length bit_count conjugate is_integer hex to_bytes quantize normalize to_integral
    to_integral_value copy_abs copy_negate
    """.split()
)


def number_method(m: Machine, receiver: Const, name: str, args: Args) -> Value | None:
    """Return what a method of a number gives, None where it is not computed."""
    if name not in _METHODS or args.rest is not None or args.others is not None:
        return None
    given = [alternative for value in args.values() for alternative in alternatives(value)]
    if name == "to_bytes" and any(
        isinstance(value, Const) and isinstance(value.value, int) and value.value > MAX_TEXT
        for value in given
    ):
        return None
    function = getattr(receiver.value, name, None)
    return apply(m, function, args) if function is not None else None
