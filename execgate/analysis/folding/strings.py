"""Methods of texts and bytes, of which all or a part is known."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import escaping, iteration, subscripts, texts
from execgate.analysis.folding.constants import apply, with_codec
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    MAX_TEXT,
    NUM,
    Args,
    Const,
    Map,
    Part,
    Seq,
    Str,
    Value,
    alternatives,
    union,
)
from execgate.model.operation import DynamicCode
from execgate.model.values import Hole

_ANY_TEXT = Str((Hole.ANY,))

_TEXT_METHODS = frozenset(
    """
    upper lower strip lstrip rstrip replace split rsplit title capitalize casefold swapcase zfill center
    ljust rjust removeprefix removesuffix partition rpartition splitlines startswith endswith expandtabs
    index rindex find rfind count isdigit isalpha isalnum isupper islower isspace isidentifier isnumeric
    isdecimal translate hex decode encode isascii istitle isprintable
    """.split()
)


def text_method(m: Machine, receiver: Const, name: str, args: Args, node: cst.CSTNode) -> Value | None:
    """Return what a method of a constant text gives, None where it is not computed."""
    text = receiver.value
    if name == "join" and args.positional:
        return _joined(m, receiver, args.positional[0])
    if name in {"format", "format_map"}:
        return _format(m, receiver, args if name == "format" else _mapped(args), node)
    if name in _OPERATORS and len(args.positional) == 1:
        return _OPERATORS[name](m, receiver, args.positional[0], node)
    if name == "translate" and args.positional:
        return _translated(m, receiver, args.positional[0])
    if name not in _TEXT_METHODS:
        return None
    if name in {"decode", "encode"}:
        computed: Callable[..., Any] = with_codec(
            lambda value, encoding, errors: getattr(value, name)(encoding, errors)
        )
        result = apply(m, computed, Args([receiver, *args.positional], args.keywords))
    elif args.rest is not None or args.others is not None:
        result = None
    elif _too_long(name, text, args):
        return _ANY_TEXT
    else:
        result = apply(m, getattr(text, name), args)
    if result is None:
        return _unknown_text(name)
    return result


def _mapped(args: Args) -> Args:
    """Return the arguments of `format_map` as `format` takes them."""
    held = args.get(0)
    if isinstance(held, Map):
        return Args(
            [], {key: value for key, value in held.items.items() if isinstance(key, str)}, None, held.more
        )
    return Args(others=_ANY_TEXT)


_OPERATORS: dict[str, Callable[[Machine, Value, Value, cst.CSTNode], Value]] = {
    "__add__": lambda _m, text, other, _node: texts.concat([text, other]),
    "__getitem__": subscripts.item,
}


def _too_long(name: str, text: str | bytes, args: Args) -> bool:
    """Return whether a method can give a text that is too long to be followed."""
    values = [v.value for value in args.positional for v in alternatives(value) if isinstance(v, Const)]
    if name in {"center", "ljust", "rjust", "zfill"}:
        return any(isinstance(value, int) and value > MAX_TEXT for value in values)
    if name == "expandtabs":
        return any(isinstance(value, int) and value * len(text) > MAX_TEXT for value in values)
    if name == "replace":
        return (len(text) + 1) * max((len(v) for v in values if isinstance(v, (str, bytes))), default=1) > (
            MAX_TEXT << 4
        )
    return False


def _unknown_text(name: str) -> Value:
    if name in {"split", "rsplit", "splitlines", "partition", "rpartition"}:
        return Seq([], _ANY_TEXT)
    if name in {"find", "rfind", "index", "rindex", "count"}:
        return NUM
    return _ANY_TEXT


def holed_method(m: Machine, receiver: Str, name: str, args: Args, node: cst.CSTNode) -> Value | None:
    """Return what a method of a text with holes gives, None where it is not computed."""
    if name == "join" and args.positional:
        return _joined(m, receiver, args.positional[0])
    if name in {"format", "format_map"}:
        escaping.let_go(m, args.values(), node)
        return _ANY_TEXT
    if name in {"strip", "rstrip", "lstrip"} and not args.positional and Hole.ANY not in receiver.parts:
        return receiver
    if name in {"lower", "upper", "casefold"}:
        return texts.from_parts(getattr(p, name)() if isinstance(p, str) else p for p in receiver.parts)
    if name in {"encode", "decode"}:
        return receiver
    if name == "replace" and len(args.positional) == 2:
        return _replaced(receiver.parts, *args.positional)
    return _unknown_text(name) if name in _TEXT_METHODS else None


_IN_NUMBERS = frozenset("0123456789+-.")
_IN_NO_WORD = frozenset("/\\:@?# ")
_PLAIN = frozenset(string.ascii_letters + string.digits + "_-")


def _replaced(parts: tuple[Part, ...], old: Value, new: Value) -> Value:
    """Return what replacing one character gives, as long as the holes stay what they are."""
    before, after = (value.value if isinstance(value, Const) else None for value in (old, new))
    if not isinstance(before, str) or not isinstance(after, str) or len(before) != 1 or Hole.ANY in parts:
        return _ANY_TEXT
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part.replace(before, after))
        elif before in _IN_NO_WORD or (part is Hole.NUMBER and before not in _IN_NUMBERS):
            found.append(part)
        elif len(after) == 1 and after in _PLAIN:
            found.append(Hole.WORD)
        else:
            return _ANY_TEXT
    return texts.from_parts(found)


def _joined(m: Machine, separator: Value, iterable: Value) -> Value:
    results: list[Value] = []
    for alternative in alternatives(iterable):
        items = iteration.exact_items(m, alternative)
        if items is None or not _in_order(alternative):
            results.append(_ANY_TEXT)
            continue
        if isinstance(separator, Const) and isinstance(separator.value, bytes):
            raw = [item.value for item in items if isinstance(item, Const) and isinstance(item.value, bytes)]
            size = sum(map(len, raw)) + len(separator.value) * len(raw)
            known = len(raw) == len(items) and size <= MAX_TEXT
            results.append(Const(separator.value.join(raw)) if known else _ANY_TEXT)
            continue
        pieces: list[Value] = []
        for index, item in enumerate(items):
            pieces += [separator, item] if index else [item]
        results.append(texts.concat(pieces) if len(pieces) <= 8192 else _ANY_TEXT)
    return union(results)


def _in_order(value: Value) -> bool:
    """Return whether the elements of a value come in a known order."""
    return not (isinstance(value, Seq) and value.kind == "set" and len(value.items) > 1)


def _translated(m: Machine, receiver: Const, table: Value) -> Value:
    if isinstance(table, Const) and isinstance(table.value, (bytes, str)):
        return apply(m, receiver.value.translate, Args([table])) or _ANY_TEXT
    if isinstance(table, Map) and table.more is None:
        plain = {key: value.value for key, value in table.items.items() if isinstance(value, Const)}
        longest = max((len(value) for value in plain.values() if isinstance(value, str)), default=1)
        if len(plain) == len(table.items) and longest * len(receiver.value) <= MAX_TEXT:
            return apply(m, receiver.value.translate, Args([Const(plain)])) or _ANY_TEXT
    return _ANY_TEXT


def _format(m: Machine, receiver: Const, args: Args, node: cst.CSTNode) -> Value:
    pieces: list[Value] = []
    automatic = 0
    try:
        fields = list(string.Formatter().parse(receiver.value))
    except (ValueError, TypeError):
        return _ANY_TEXT
    for literal, field, spec, conversion in fields:
        pieces.append(Const(literal))
        if field is None:
            continue
        head = field.split(".")[0].split("[")[0]
        if "." in field:
            # A format string walks attributes and items of what it is given.
            if "__" in field:
                m.report(DynamicCode, node, kind="introspection", via="str.format")
            pieces.append(_ANY_TEXT)
            continue
        if head == "":
            value = args.get(automatic)
            automatic += 1
        elif head.isdecimal():
            value = args.get(int(head)) if len(head) < 6 else None
        else:
            value = args.keywords.get(head, args.others)
        # No bracket is closed behind the last one that closes: there, none is looked for.
        for key in re.findall(r"\[([^\]]*)\]", field[: field.rfind("]") + 1]):
            index = Const(int(key) if key.isdecimal() and len(key) < 6 else key)
            value = subscripts.item(m, value, index, node) if value is not None else None
        if value is None:
            pieces.append(_ANY_TEXT)
        else:
            pieces.append(texts.formatted(value, conversion, Const(spec) if spec else None))
    return texts.concat(pieces)
