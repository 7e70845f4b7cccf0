"""One form for every value that is hashed or signed (RFC 8785), and nothing else accepted back.

Signed data holds no floats and no integer beyond 2^53: both would read differently in different
languages.  `plain` turns them into strings before anything is signed; `decode` refuses every text
that is not byte for byte what `encode` gives, so that no two texts stand for the same value.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785

_SAFE_INTEGER = 2**53 - 1
_DECIMAL_BITS = 4096
"""Integers up to this size are written in decimal; beyond it Python limits the conversion."""


class MalformedError(ValueError):
    """Bytes that are not in the form that this package writes; `str()` says what is wrong with them."""


def plain(value: object) -> Any:
    """Return `value` as JSON without floats, large integers or lone surrogates; each becomes a string.

    Raises TypeError for what has no JSON form.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        if -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
            return int(value)
        return str(int(value)) if value.bit_length() <= _DECIMAL_BITS else hex(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {_text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _text(text: str) -> str:
    # A lone surrogate has no UTF-8; it is written out as the escape that people know.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def encode(value: Any) -> bytes:
    """Return the canonical bytes of a value that `plain` or `decode` gave."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Without floats and large integers the two differ in the order of keys beyond ASCII alone, and the
    # standard library's encoder is twenty times as fast.
    return text.encode("ascii") if text.isascii() else bytes(rfc8785.dumps(value))


def decode(data: bytes) -> Any:
    """Return the value of canonical bytes; raises MalformedError for any other bytes."""
    try:
        value = json.loads(
            data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float, parse_int=_safe_integer
        )
        canonical = encode(value)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not canonical JSON ({_reason(error)})") from error
    if canonical != data:
        raise MalformedError("not canonical JSON (spacing, order or escapes differ)")
    return value


def _safe_integer(text: str) -> int:
    if len(text) > len(str(-_SAFE_INTEGER)) or abs(int(text)) > _SAFE_INTEGER:
        raise MalformedError(f"the number {text[:40]} is too large for an integer")
    return int(text)


def _no_float(text: str) -> None:
    raise MalformedError(f"the number {text[:40]} is not an integer")


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]


def encode_base64(data: bytes) -> str:
    """Return `data` in standard base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Return what `text` stands for; raises MalformedError where another text would stand for the same."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"not base64 ({error})") from error
    if encode_base64(data) != text:
        raise MalformedError("not base64 in its one form")
    return data
