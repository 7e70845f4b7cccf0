"""Calls that only compute, carried out where everything that goes in is a constant.

Whatever is not in these tables is not run: the functions here are total on constants of bounded size, and
touch nothing outside them.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import posixpath
import string
import textwrap
import urllib.parse
import zlib
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import libcst as cst

from execgate.analysis import escaping, iteration, subscripts, texts
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    MAX_TEXT,
    NONE,
    NUM,
    Anything,
    Args,
    Const,
    Map,
    Num,
    Obj,
    Part,
    Seq,
    Str,
    Union,
    Value,
    alternatives,
    join,
    union,
)
from execgate.model.operation import DynamicCode
from execgate.model.values import Hole

_ANY_TEXT = Str((Hole.ANY,))
_WORD = Str((Hole.WORD,))
_NUMBER = Str((Hole.NUMBER,))


def _inflate(data: bytes, wbits: int = zlib.MAX_WBITS) -> bytes:
    worker = zlib.decompressobj(wbits)
    out = worker.decompress(data, MAX_TEXT)
    if worker.unconsumed_tail:
        raise ValueError("it inflates to more than is followed")
    return out


def _decode(data: Any, encoding: str = "utf-8", errors: str = "strict") -> Any:
    return codecs.decode(data, encoding, errors)


_SAFE_CODECS = {
    "utf8", "utf_8", "ascii", "latin1", "latin_1", "iso8859_1", "utf16", "utf_16", "utf_16_le", "utf_16_be",
    "utf_32", "rot13", "rot_13", "hex", "hex_codec", "base64", "base64_codec", "unicode_escape",
    "raw_unicode_escape", "utf_7", "utf7", "quopri", "idna", "punycode",
}  # fmt: skip


def _safe_codec(name: Any) -> bool:
    return isinstance(name, str) and name.lower().replace("-", "_").replace(" ", "_") in _SAFE_CODECS


def _with_codec(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(value: Any, encoding: str = "utf-8", errors: str = "strict") -> Any:
        if not _safe_codec(encoding):
            raise ValueError("unknown codec")
        return function(value, encoding, errors)

    return call


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "builtins.chr": chr,
    "builtins.ord": ord,
    "builtins.hex": hex,
    "builtins.oct": oct,
    "builtins.bin": bin,
    "builtins.abs": abs,
    "builtins.ascii": ascii,
    "builtins.repr": repr,
    "builtins.bool": bool,
    "builtins.complex": complex,
    "builtins.bytes.fromhex": bytes.fromhex,
    "builtins.bytearray.fromhex": bytes.fromhex,
    "base64.b64decode": base64.b64decode,
    "base64.b64encode": base64.b64encode,
    "base64.standard_b64decode": base64.standard_b64decode,
    "base64.urlsafe_b64decode": base64.urlsafe_b64decode,
    "base64.urlsafe_b64encode": base64.urlsafe_b64encode,
    "base64.b32decode": base64.b32decode,
    "base64.b32encode": base64.b32encode,
    "base64.b16decode": base64.b16decode,
    "base64.b16encode": base64.b16encode,
    "base64.a85decode": base64.a85decode,
    "base64.b85decode": base64.b85decode,
    "base64.decodebytes": base64.decodebytes,
    "binascii.unhexlify": binascii.unhexlify,
    "binascii.a2b_hex": binascii.unhexlify,
    "binascii.hexlify": binascii.hexlify,
    "binascii.a2b_base64": binascii.a2b_base64,
    "binascii.b2a_hex": binascii.hexlify,
    "codecs.decode": _with_codec(codecs.decode),
    "codecs.encode": _with_codec(codecs.encode),
    "zlib.decompress": _inflate,
    "html.unescape": html.unescape,
    "html.escape": html.escape,
    "urllib.parse.quote": urllib.parse.quote,
    "urllib.parse.quote_plus": urllib.parse.quote_plus,
    "urllib.parse.unquote": urllib.parse.unquote,
    "urllib.parse.unquote_plus": urllib.parse.unquote_plus,
    "urllib.parse.urljoin": urllib.parse.urljoin,
    "textwrap.dedent": textwrap.dedent,
    "os.path.isabs": posixpath.isabs,
    "string.capwords": string.capwords,
}
"""Functions of constants."""

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

_DATES = {
    "datetime.datetime.now": "datetime.datetime",
    "datetime.datetime.utcnow": "datetime.datetime",
    "datetime.datetime.today": "datetime.datetime",
    "datetime.datetime.fromtimestamp": "datetime.datetime",
    "datetime.datetime": "datetime.datetime",
    "datetime.datetime.strptime": "datetime.datetime",
    "datetime.date.today": "datetime.date",
    "datetime.date": "datetime.date",
}


def function(m: Machine, name: str, args: Args) -> Value | None:
    """Return what a library's function gives, None where this module does not compute it."""
    if name in _DATES:
        return Obj(_DATES[name])
    if name == "time.strftime" and args.positional:
        return _layout(args.positional[0])
    computed = FUNCTIONS.get(name)
    if computed is not None and args.rest is None and args.others is None:
        result = _apply(m, computed, args)
        if result is not None:
            return result
    if name in NUMERIC:
        return NUM
    if name in WORDY:
        return _WORD
    if name in _UUIDS:
        return Obj(texts.UUID)
    return None


def _layout(value: Value) -> Value:
    return union(
        texts.dated(alternative.value)
        if isinstance(alternative, Const) and isinstance(alternative.value, str)
        else _ANY_TEXT
        for alternative in alternatives(value)
    )


def _apply(m: Machine, computed: Callable[..., Any], args: Args) -> Value | None:
    """Carry a function out for every combination of constants; None where something is not constant."""
    columns = [alternatives(value) for value in args.positional]
    keywords = list(args.keywords)
    columns += [alternatives(args.keywords[name]) for name in keywords]
    results: list[Value] = []
    for count, combination in enumerate(product(*columns)):
        if count >= MAX_ALTERNATIVES or not all(isinstance(value, Const) for value in combination):
            return None
        raw = [value.value for value in combination if isinstance(value, Const)]
        if any(isinstance(value, (str, bytes)) and len(value) > MAX_TEXT for value in raw):
            return None
        given = raw[: len(args.positional)]
        named = dict(zip(keywords, raw[len(args.positional) :], strict=True))
        try:
            results.append(_lifted(m, computed(*given, **named)))
        except Exception:  # noqa: BLE001 - whatever it raises, the program raises too
            results.append(Anything("its computation fails"))
    return union(results)


def _lifted(m: Machine, value: Any) -> Value:
    """Return the value for what a function gave."""
    if isinstance(value, (list, tuple)):
        if len(value) > iteration.MAX_ITEMS:
            return m.sequence([], _ANY_TEXT)
        kind = "tuple" if isinstance(value, tuple) else "list"
        return m.sequence([_lifted(m, item) for item in value], kind=kind)
    if value is None or isinstance(value, (str, bytes, int, float, complex)):
        return Const(value)
    return Anything("it is computed from constants")


# Methods of plain values.

_TEXT_METHODS = frozenset(
    """
    upper lower strip lstrip rstrip replace split rsplit title capitalize casefold swapcase zfill center
    ljust rjust removeprefix removesuffix partition rpartition splitlines startswith endswith expandtabs
    index rindex find rfind count isdigit isalpha isalnum isupper islower isspace isidentifier isnumeric
    isdecimal translate hex decode encode isascii istitle isprintable
    """.split()
)


def method(m: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode) -> Value | None:
    """Return what a method of a plain value gives, None where this module does not compute it."""
    if isinstance(receiver, Const) and isinstance(receiver.value, (str, bytes)):
        return _text_method(m, receiver, name, args, node)
    if isinstance(receiver, Str):
        return _holed_method(m, receiver, name, args, node)
    if isinstance(receiver, Seq):
        return _list_method(m, receiver, name, args)
    if isinstance(receiver, Map):
        return _dict_method(m, receiver, name, args)
    if isinstance(receiver, Num):
        return NUM
    return None


def _text_method(m: Machine, receiver: Const, name: str, args: Args, node: cst.CSTNode) -> Value | None:
    text = receiver.value
    if name == "join" and args.positional:
        return _joined(m, receiver, args.positional[0])
    if name in {"format", "format_map"}:
        return _format(m, receiver, args, node)
    if name == "translate" and args.positional:
        return _translated(m, receiver, args.positional[0])
    if name not in _TEXT_METHODS:
        return None
    if name in {"decode", "encode"}:
        computed: Callable[..., Any] = _with_codec(
            lambda value, encoding, errors: getattr(value, name)(encoding, errors)
        )
        result = _apply(m, computed, Args([receiver, *args.positional], args.keywords))
    elif args.rest is not None or args.others is not None:
        result = None
    elif _too_long(name, text, args):
        return _ANY_TEXT
    else:
        result = _apply(m, getattr(text, name), args)
    if result is None:
        return _unknown_text(name)
    return result


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


def _holed_method(m: Machine, receiver: Str, name: str, args: Args, node: cst.CSTNode) -> Value | None:
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
    return _unknown_text(name) if name in _TEXT_METHODS else None


def _joined(m: Machine, separator: Value, iterable: Value) -> Value:
    results: list[Value] = []
    for alternative in alternatives(iterable):
        items = iteration.exact_items(m, alternative)
        if items is None:
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


def _translated(m: Machine, receiver: Const, table: Value) -> Value:
    if isinstance(table, Const) and isinstance(table.value, (bytes, str)):
        return _apply(m, receiver.value.translate, Args([table])) or _ANY_TEXT
    if isinstance(table, Map) and table.more is None:
        plain = {key: value.value for key, value in table.items.items() if isinstance(value, Const)}
        longest = max((len(value) for value in plain.values() if isinstance(value, str)), default=1)
        if len(plain) == len(table.items) and longest * len(receiver.value) <= MAX_TEXT:
            return _apply(m, receiver.value.translate, Args([Const(plain)])) or _ANY_TEXT
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
        if "." in field or "[" in field:
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
        if value is None:
            pieces.append(_ANY_TEXT)
        else:
            pieces.append(texts.formatted(value, conversion, Const(spec) if spec else None))
    return texts.concat(pieces)


def handed_on(receiver: Value, name: str, args: Args) -> Sequence[Value]:
    """Return the arguments of a folded method that go where they are not followed.

    What a list only keeps, and the default that a dictionary gives back, are followed.
    """
    if args.rest is not None or args.others is not None:
        return [*args.values()]
    if isinstance(receiver, Seq) and receiver.kind == "list" and name in {"append", "appendleft", "insert"}:
        return ()
    if isinstance(receiver, Map) and name in {"get", "pop", "setdefault"}:
        return args.positional[:1]
    return [*args.values()]


def _list_method(m: Machine, receiver: Seq, name: str, args: Args) -> Value | None:
    if receiver.kind == "generator":
        return _generator_method(m, receiver, name, args)
    first = args.get(0)
    if name in _ADDING:
        value = args.get(1) if name == "insert" else first
        if value is not None:
            _add(m, receiver, name, first, value)
        return receiver if name in {"__iadd__", "__ior__"} else Const(None)
    if name in {"remove", "discard", "clear", "sort", "reverse", "rotate"}:
        if name == "reverse" and m.replaces(receiver.path) and receiver.more is None:
            receiver.items.reverse()
            m.version += 1
        elif receiver.items:
            receiver.more, receiver.items = receiver.element(), []
        return Const(None)
    if name in {"pop", "popleft"}:
        return _popped(m, receiver, first if name == "pop" else Const(0))
    if receiver.kind == "queue":
        return _queue_method(m, receiver, name, args)
    if name in _COMBINING:
        return combined(m, receiver, args.positional, both=name not in _COMBINING_LESS)
    if name == "copy":
        return Seq(list(receiver.items), receiver.more, receiver.kind, m.path)
    if name in {"index", "count", "__len__"}:
        return NUM
    if name == "__setitem__" and len(args.positional) == 2:
        subscripts.store_item(m, receiver, args.positional[0], args.positional[1], cst.Name("_"))
        return Const(None)
    if name == "__getitem__" and first is not None:
        return subscripts.item(m, receiver, first, cst.Name("_"))
    return _generator_method(m, receiver, name, args)


_COMBINING_LESS = frozenset({"intersection", "difference"})

_COMBINING = _COMBINING_LESS | {"union", "symmetric_difference"}
"""Methods of sets that make a new one."""


def combined(m: Machine, left: Seq, others: Sequence[Value], *, both: bool) -> Value:
    """Return the set that an operator on sets gives: elements of `left`, with `both` also of the others."""
    result = m.sequence([], left.element() if left.items or left.more is not None else None, "set")
    for other in others if both else ():
        added = iteration.element(m, other, cst.Name("_"))
        result.more = join(result.more, added)
    return result


def _queue_method(m: Machine, receiver: Seq, name: str, args: Args) -> Value | None:
    if name in {"put", "put_nowait"} and args.positional:
        _add(m, receiver, "append", None, args.positional[0])
        return NONE
    if name in {"get", "get_nowait"}:
        return _popped(m, receiver, Const(0)) if receiver.items or receiver.more else receiver.element()
    return NUM if name in {"qsize", "empty", "full", "maxsize"} else NONE


_ADDING = frozenset("append appendleft add insert extend extendleft update __init__ __iadd__ __ior__".split())


def _generator_method(m: Machine, receiver: Seq, name: str, args: Args) -> Value | None:
    if name in {"send", "asend"} and receiver.maker is not None:
        m.pour(("sent", id(receiver.maker.node)), args.values())
    elif name in {"throw", "athrow"}:
        m.pour("raised", args.values())
    elif name not in {"__next__", "__anext__", "close", "aclose"}:
        return None
    return receiver.element()


def _add(m: Machine, receiver: Seq, name: str, first: Value | None, value: Value) -> None:
    """Add a value, or the elements of one, to a list in place."""
    m.leave(("container", receiver.site), value)
    if name in {"extend", "extendleft", "update", "__init__", "__iadd__", "__ior__"}:
        if name == "extendleft" and receiver.items:
            receiver.more, receiver.items = receiver.element(), []
        iteration.extend(m, receiver, value)
        return
    where = first.value if name == "insert" and isinstance(first, Const) else 0
    exact = receiver.path == m.path and receiver.more is None and len(receiver.items) < iteration.MAX_ITEMS
    if exact and (name != "insert" or type(where) is int):
        m.changed(receiver.path, None, value)
        if name in {"append", "add"}:
            receiver.items.append(value)
        else:
            receiver.items.insert(where, value)
        return
    if name in {"insert", "appendleft"} and receiver.items:
        # What stands behind it moves.
        receiver.more, receiver.items = receiver.element(), []
    receiver.more = m.merged(receiver.path, receiver.more, value)


def _popped(m: Machine, receiver: Seq, index: Value | None) -> Value:
    where = index.value if isinstance(index, Const) else (-1 if index is None else None)
    exact = m.replaces(receiver.path) and receiver.more is None
    if exact and type(where) is int and -len(receiver.items) <= where < len(receiver.items):
        m.version += 1
        return receiver.items.pop(where)
    value = receiver.element()
    receiver.more, receiver.items = value, []
    return value


def _dict_method(m: Machine, receiver: Map, name: str, args: Args) -> Value | None:
    first, second = args.get(0), args.get(1)
    if name in {"get", "pop", "setdefault"} and first is not None:
        result = union(_looked_up(receiver, key, second) for key in alternatives(first))
        if name == "setdefault" and second is not None:
            subscripts.store_item(m, receiver, first, result, cst.Name("_"))
        elif name == "pop":
            subscripts.forget(m, receiver, first if not isinstance(first, Union) else _ANY_TEXT)
        return result
    if name in {"clear", "popitem"}:
        value = receiver.element()
        key = join(receiver.keys, _ANY_TEXT)
        subscripts.forget(m, receiver, _ANY_TEXT)
        return Seq([key, value], kind="tuple") if name == "popitem" else Const(None)
    if name == "keys":
        more_keys = join(receiver.keys, _ANY_TEXT) if receiver.more is not None else receiver.keys
        return Seq([Const(key) for key in receiver.items], more_keys)
    if name == "values":
        return _view(m, receiver, Seq(list(receiver.items.values()), receiver.more), whole=False)
    if name == "items":
        pairs: list[Value] = [Seq([Const(key), value], kind="tuple") for key, value in receiver.items.items()]
        other = join(receiver.keys, _ANY_TEXT)
        more = Seq([other, receiver.more], kind="tuple") if receiver.more is not None else None
        return _view(m, receiver, Seq(pairs, more), whole=True)
    if name == "copy":
        return Map(dict(receiver.items), receiver.more, m.path)
    if name in {"update", "__init__", "__ior__"}:
        if first is not None:
            subscripts.update(m, receiver, first)
        subscripts.update(m, receiver, Map(dict(args.keywords), args.others))
        return receiver if name == "__ior__" else Const(None)
    if name == "__setitem__" and first is not None and second is not None:
        subscripts.store_item(m, receiver, first, second, cst.Name("_"))
        return Const(None)
    if name in {"__getitem__", "__missing__"} and first is not None:
        return subscripts.item(m, receiver, first, cst.Name("_"))
    if name == "fromkeys":
        return Map({}, second if second is not None else Const(None), m.path)
    return None


def _view(m: Machine, receiver: Map, view: Seq, *, whole: bool) -> Value:
    view.path = m.path
    receiver.views.append((view, whole))
    return view


def _looked_up(receiver: Map, key: Value, default: Value | None) -> Value:
    """Return what `get` gives for one key."""
    if not isinstance(key, Const):
        found = [*receiver.items.values()]
    elif subscripts.hashable(key.value) and key.value in receiver.items:
        found = [receiver.items[key.value]]
        if key.value not in receiver.maybe:
            return found[0]
    else:
        found = []
    if receiver.more is not None:
        found.append(receiver.more)
    return union([*found, default if default is not None else Const(None)])


def date_method(receiver: Obj, name: str, args: Args) -> Value | None:
    """Return what a method of a date gives, None where it is nothing that has a form."""
    if receiver.type not in texts.DATE_TYPES:
        return None
    if name == "strftime" and args.positional:
        return _layout(args.positional[0])
    if name in {"isoformat", "__str__"}:
        if receiver.type == "datetime.date":
            return _NUMBER
        parts: Sequence[Part] = (Hole.NUMBER, "T", Hole.NUMBER, ":", Hole.NUMBER, ":", Hole.NUMBER)
        return Str(tuple(parts))
    if name in {"timestamp", "toordinal", "weekday", "isoweekday"}:
        return NUM
    if name in {"replace", "astimezone", "date", "time", "now"}:
        return Obj("datetime.date" if name == "date" else receiver.type)
    return None
