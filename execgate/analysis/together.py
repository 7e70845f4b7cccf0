"""Calls of functions that cost much: they are no longer told apart, but followed for all of them at once."""

from __future__ import annotations

from execgate.analysis.growth import grew, widened
from execgate.analysis.machine import Machine
from execgate.analysis.values import Args, Func, Value, join

MAX_SPENT = 6_000
"""How much work a function may cost before its calls are no longer told apart."""

MAX_JOINED = 4
"""How often an argument may grow before numbers and texts are given up on."""

MAX_GROWN = 12
"""How often it may before objects are."""


def merged(m: Machine, function: Func, args: Args) -> Args:
    """Return arguments that can be these, or those of any call of this form before."""
    form = (function, len(args.positional), *args.keywords, args.rest is None, args.others is None)
    known = m.together.get(form)
    if known is None:
        m.together[form] = (args, 0)
        return args
    before, times = known
    if not any(grew(old, new) for old, new in zip(before.values(), args.values(), strict=True)):
        return before

    def either(old: Value, new: Value) -> Value:
        if not grew(old, new):
            return old
        both = join(old, new)
        return widened(both, wholly=times >= MAX_GROWN) if times >= MAX_JOINED else both

    values = iter([either(old, new) for old, new in zip(before.values(), args.values(), strict=True)])
    both = Args(
        [next(values) for _ in args.positional],
        {name: next(values) for name in args.keywords},
        next(values) if args.rest is not None else None,
        next(values) if args.others is not None else None,
    )
    m.together[form] = (both, times + 1)
    return both
