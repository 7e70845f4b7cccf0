"""Functions that only compute, carried out where everything that goes in is a constant.

Whatever is not in the table is not run: the functions here are total on constants of bounded size, and
touch nothing outside them.
"""

from __future__ import annotations

import ast
import base64
import binascii
import codecs
import gzip
import html
import json
import math
import posixpath
import re
import shlex
import string
import struct
import textwrap
import urllib.parse
import zlib
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from itertools import product
from typing import Any

from execgate.analysis import iteration
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    MAX_TEXT,
    NUM,
    Anything,
    Args,
    Const,
    Map,
    Seq,
    Str,
    Value,
    alternatives,
    union,
)
from execgate.model.places import WORKSPACE
from execgate.model.values import Hole

_ANY_TEXT = Str((Hole.ANY,))

NOT_COMPUTED = object()
"""What a function gives for arguments with which it is not carried out."""

MAX_PARSED = 20_000
"""The longest text that is parsed as data, in characters."""

MAX_DEPTH = 8
"""How deeply containers are computed with."""

MAX_EXPONENT = 64
"""How many digits a decimal number that is computed with may have on either side of its point."""

MAX_STEPS = 1_000_000
"""How many steps a regular expression may take at worst."""


_SAFE_CODECS = {
    "utf8", "utf_8", "ascii", "latin1", "latin_1", "iso8859_1", "utf16", "utf_16", "utf_16_le", "utf_16_be",
    "utf_32", "rot13", "rot_13", "hex", "hex_codec", "base64", "base64_codec", "unicode_escape",
    "raw_unicode_escape", "utf_7", "utf7", "quopri", "idna", "punycode",
}  # fmt: skip


def _safe_codec(name: Any) -> bool:
    return isinstance(name, str) and name.lower().replace("-", "_").replace(" ", "_") in _SAFE_CODECS


def with_codec(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of a value, a codec and a way to treat errors; it refuses codecs it does not know."""

    def call(value: Any, encoding: str = "utf-8", errors: str = "strict") -> Any:
        if not _safe_codec(encoding):
            raise ValueError("unknown codec")
        return function(value, encoding, errors)

    return call


def _inflated(wbits: int) -> Callable[[bytes], bytes]:
    def decompress(data: bytes) -> bytes:
        worker = zlib.decompressobj(wbits)
        out = worker.decompress(data, MAX_TEXT)
        if worker.unconsumed_tail:
            raise ValueError("it inflates to more than is followed")
        return out

    return decompress


def _expanded(module: str, kind: str) -> Callable[[bytes], bytes]:
    def decompress(data: bytes) -> bytes:
        worker = getattr(import_module(module), kind)()
        out = worker.decompress(data, MAX_TEXT)
        if not worker.eof:
            raise ValueError("it inflates to more than is followed")
        return bytes(out)

    return decompress


def _packed(layout: str, *values: Any) -> bytes:
    if struct.calcsize(layout) > MAX_TEXT:
        raise ValueError("it is longer than is followed")
    return struct.pack(layout, *values)


def _unpacked(layout: str, data: bytes) -> Any:
    return struct.unpack(layout, data) if len(data) <= iteration.MAX_ITEMS else NOT_COMPUTED


def _parsed(text: str | bytes) -> Any:
    return json.loads(text) if len(text) <= MAX_PARSED else NOT_COMPUTED


def _dumped(value: Any, **options: Any) -> Any:
    return json.dumps(value, **options) if set(options) <= {"sort_keys", "ensure_ascii"} else NOT_COMPUTED


def _literal(text: str) -> Any:
    return ast.literal_eval(text) if len(text) <= MAX_PARSED else NOT_COMPUTED


def _relative(path: str, start: str = WORKSPACE) -> str:
    return posixpath.relpath(posixpath.join(WORKSPACE, path), posixpath.join(WORKSPACE, start))


_REPEATED = re.compile(r"[*+?{]")
_SIMPLE = re.compile(r"(?:[^\\(){}|]|\\[^1-9(]|\((?:\?:)?|\)(?![*+?{]))*")


def _matching(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of a pattern and a text that refuses what could take long."""

    def call(pattern: str, *rest: Any, **options: Any) -> Any:
        repeats = len(_REPEATED.findall(pattern))
        longest = max(
            len(part) for part in (pattern, *rest, *options.values()) if isinstance(part, (str, bytes))
        )
        if not _SIMPLE.fullmatch(pattern) or (longest + 1) ** (max(repeats, 1) + 1) > MAX_STEPS:
            return NOT_COMPUTED
        result = function(pattern, *rest, **options)
        return result if len(result) <= MAX_TEXT else NOT_COMPUTED

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
    "codecs.decode": with_codec(codecs.decode),
    "codecs.encode": with_codec(codecs.encode),
    "zlib.decompress": _inflated(zlib.MAX_WBITS),
    "gzip.compress": lambda data: gzip.compress(data, mtime=0),
    "bz2.compress": lambda data: import_module("bz2").compress(data),
    "lzma.compress": lambda data: import_module("lzma").compress(data),
    "gzip.decompress": _inflated(zlib.MAX_WBITS | 16),
    "zlib.compress": zlib.compress,
    "bz2.decompress": _expanded("bz2", "BZ2Decompressor"),
    "lzma.decompress": _expanded("lzma", "LZMADecompressor"),
    "struct.pack": _packed,
    "struct.unpack": _unpacked,
    "int.from_bytes": int.from_bytes,
    "builtins.int.from_bytes": int.from_bytes,
    "builtins.round": round,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "math.trunc": math.trunc,
    "builtins.sum": sum,
    "builtins.divmod": divmod,
    "ast.literal_eval": _literal,
    "json.loads": _parsed,
    "json.dumps": _dumped,
    "shlex.split": shlex.split,
    "shlex.join": shlex.join,
    "shlex.quote": shlex.quote,
    "pipes.quote": shlex.quote,
    "re.escape": re.escape,
    "re.sub": _matching(re.sub),
    "re.split": _matching(re.split),
    "re.findall": _matching(re.findall),
    "os.path.commonpath": posixpath.commonpath,
    "os.path.commonprefix": posixpath.commonprefix,
    "os.path.relpath": _relative,
    "os.path.splitdrive": posixpath.splitdrive,
    "urllib.parse.urlencode": urllib.parse.urlencode,
    "urllib.parse.urlunparse": urllib.parse.urlunparse,
    "urllib.parse.urlunsplit": urllib.parse.urlunsplit,
    "decimal.Decimal": Decimal,
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


def apply(m: Machine, computed: Callable[..., Any], args: Args) -> Value | None:
    """Carry a function out for every combination of constants; None where something is not constant."""
    columns = [alternatives(value) for value in args.positional]
    keywords = list(args.keywords)
    columns += [alternatives(args.keywords[name]) for name in keywords]
    results: list[Value] = []
    for count, combination in enumerate(product(*columns)):
        if count >= MAX_ALTERNATIVES:
            return None
        try:
            raw = [plain(value) for value in combination]
        except NotConstantError:
            return None
        if sum(map(_size, raw)) > MAX_TEXT:
            return None
        given = raw[: len(args.positional)]
        named = dict(zip(keywords, raw[len(args.positional) :], strict=True))
        try:
            result = computed(*given, **named)
        except Exception:  # noqa: BLE001 - whatever it raises, the program raises too
            results.append(Anything("its computation fails"))
            continue
        if result is NOT_COMPUTED:
            return None
        results.append(lifted(m, result))
    return union(results)


class NotConstantError(Exception):
    """A value is not known, or too long to be computed with."""


def plain(value: Value, depth: int = 0) -> Any:
    """Return the Python object that a value stands for, raise NotConstantError where it is not known."""
    if isinstance(value, Const):
        return value.value
    if depth < MAX_DEPTH and isinstance(value, (Seq, Map)) and value.more is None and not value.loose:
        if isinstance(value, Seq) and value.kind in {"list", "tuple"}:
            items = [plain(item, depth + 1) for item in value.items]
            return tuple(items) if value.kind == "tuple" else items
        if isinstance(value, Map) and not value.maybe and value.keys is None:
            return {key: plain(item, depth + 1) for key, item in value.items.items()}
    raise NotConstantError


def _size(value: Any) -> int:
    """Return about how many characters a constant has, and its parts."""
    if isinstance(value, dict):
        return sum(_size(item) + _size(key) + 1 for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return sum(_size(item) + 1 for item in value)
    return len(value) if isinstance(value, (str, bytes)) else 1


def is_small(number: Decimal) -> bool:
    """Return whether a decimal number is one that can be computed with, and written out."""
    return number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT


def lifted(m: Machine, value: Any, depth: int = 0) -> Value:
    """Return the value for what a function gave."""
    if isinstance(value, (list, tuple, dict)):
        if len(value) > iteration.MAX_ITEMS or depth >= MAX_DEPTH:
            return Anything("it is computed from constants")
        if isinstance(value, dict):
            return Map({key: lifted(m, item, depth + 1) for key, item in value.items()}, path=m.path)
        kind = "tuple" if isinstance(value, tuple) else "list"
        return m.sequence([lifted(m, item, depth + 1) for item in value], kind=kind)
    if isinstance(value, Decimal) and not is_small(value):
        return NUM
    if value is None or isinstance(value, (str, bytes, int, float, complex, Decimal)):
        return Const(value)
    return Anything("it is computed from constants")
