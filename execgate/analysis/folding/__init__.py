"""Calls that only compute: functions of constants, and methods of texts, sequences, mappings and dates."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import libcst as cst

from execgate.analysis import texts
from execgate.analysis.folding import interpreter
from execgate.analysis.folding.constants import FUNCTIONS, apply, is_small
from execgate.analysis.folding.containers import combined, dict_method, handed_on, list_method
from execgate.analysis.folding.dates import MADE, date_method, layout
from execgate.analysis.folding.numbers import number_method
from execgate.analysis.folding.strings import holed_method, text_method
from execgate.analysis.machine import Machine
from execgate.analysis.values import NUM, Args, Const, Map, Num, Obj, Seq, Str, Value
from execgate.model.values import Hole

__all__ = [
    "NUMERIC",
    "WORDY",
    "combined",
    "constant",
    "date_method",
    "function",
    "handed_on",
    "is_small",
    "method",
]

_WORD = Str((Hole.WORD,))

NUMERIC = frozenset(
    """
    builtins.len builtins.id builtins.hash builtins.round builtins.sum builtins.pow builtins.divmod
    time.time time.time_ns time.perf_counter time.monotonic random.randint random.random random.randrange
    random.uniform os.getpid os.getppid os.cpu_count builtins.int builtins.float math.floor math.ceil
    math.sqrt secrets.randbelow os.getuid os.getgid
    """.split()
)
"""Functions that give a number."""

WORDY = frozenset(["secrets.token_hex", "secrets.token_urlsafe"])
"""Functions that give letters and digits."""

_UUIDS = frozenset(["uuid.uuid4", "uuid.uuid1", "uuid.uuid3", "uuid.uuid5"])


def function(m: Machine, name: str, args: Args) -> Value | None:
    """Return what a library's function gives, None where this module does not compute it."""
    if name in MADE:
        return Obj(MADE[name])
    if name == "time.strftime" and args.positional:
        return layout(args.positional[0])
    computed = FUNCTIONS.get(name)
    if computed is not None and args.rest is None and args.others is None:
        result = apply(m, computed, args)
        if result is not None:
            return result
    found = interpreter.function(m, name, args)
    if found is not None:
        return found
    if name in NUMERIC:
        return NUM
    if name in WORDY:
        return _WORD
    if name in _UUIDS:
        return Obj(texts.UUID)
    return None


def constant(m: Machine, computed: Callable[..., Any], args: Args) -> Value | None:
    """Return what a function gives for constants; None where something that goes in is not known."""
    return apply(m, computed, args) if args.rest is None and args.others is None else None


def method(m: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode) -> Value | None:
    """Return what a method of a plain value gives, None where this module does not compute it."""
    if isinstance(receiver, Const) and isinstance(receiver.value, (str, bytes)):
        return text_method(m, receiver, name, args, node)
    if isinstance(receiver, Str):
        if name == "split" and not args.positional and not args.keywords and receiver.named is not None:
            found = interpreter.cut(m, receiver, str.split)
            if found is not None:
                return found
        return holed_method(m, receiver, name, args, node)
    if isinstance(receiver, Seq):
        return list_method(m, receiver, name, args)
    if isinstance(receiver, Map):
        return dict_method(m, receiver, name, args)
    if isinstance(receiver, Const) and isinstance(receiver.value, (int, float, Decimal)):
        return number_method(m, receiver, name, args)
    if isinstance(receiver, Num):
        return NUM
    return None
