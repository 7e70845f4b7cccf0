"""`allowed_imports`, `disallowed_imports`, and `disallowed_opaque_libraries`: modules by dotted pattern."""

from __future__ import annotations

import itertools
import re
import unicodedata

from execgate.model.operation import ModuleImport, OpaqueCall
from execgate.model.values import Template, Text
from execgate.policy.constraints._family import ALL, Family, Given, Judge, ListConstraint, twins
from execgate.policy.matching.pairs import (
    MAX_VALUE,
    BadEntryError,
    Finding,
    Shape,
    Subject,
    UnresolvableError,
    known,
)
from execgate.policy.matching.patterns import DEEP, Glob, Pattern, Wild, segment, split
from execgate.policy.problems import clipped, quoted

_PART = re.compile(r"[\w-]+")
_PLAIN = re.compile(r"[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)*")
_PLAIN_ENTRY = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*(?:\.[a-zA-Z_][a-zA-Z0-9_]*)*")
_TABLES = unicodedata.ucd_3_2_0  # the same in every version of Python
_PATTERN_PART = re.compile(r"(?:[^\W\d]|\*)[\w*]*")
_STATEMENT = re.compile(r"(?:import|from)\s+([\w.*]{1,80})(?:\s.*)?")


def read(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a dotted pattern: it covers the module and all below it."""
    if text == "*":
        return (ALL,)
    if _PLAIN_ENTRY.fullmatch(text):
        plain: Pattern = (*text.split("."), DEEP)
        return (Shape(text, plain, plain),)
    name = _TABLES.normalize("NFKC", text)
    parts = name.split(".")
    if "**" in name or not _is_known(name) or not all(_PATTERN_PART.fullmatch(part) for part in parts):
        statement = _STATEMENT.fullmatch(name)
        if statement:
            raise BadEntryError("a module is named without `import`", f"did you mean {quoted(statement[1])}?")
        several = name.replace(",", " ").split()
        if len(several) > 1:
            raise BadEntryError(
                "not a module name", f"write each by itself: {', '.join(map(quoted, map(clipped, several)))}"
            )
        close = re.sub(r"[^\w.*]+", "_", name).replace("**", "*").strip("._")
        fits = close and all(_PATTERN_PART.fullmatch(part) for part in close.split("."))
        raise BadEntryError("not a module name", f'did you mean "{close}"?' if fits else "as in `os.path`")
    pattern: Pattern = (*map(segment, parts), DEEP)
    return (Shape(name, pattern, pattern),)


def module(value: Text) -> tuple[Pattern, str | None]:
    """Return all that a module's name can be, and the name where it is one; raises UnresolvableError."""
    if isinstance(value, str) and len(value) <= MAX_VALUE and _PLAIN.fullmatch(value):
        return tuple(value.split(".")), value
    judged = known(value, "module")
    if isinstance(judged, Template):
        return _partly(judged), None
    name = judged if judged.isascii() else _TABLES.normalize("NFKC", judged)
    parts = name.split(".")
    if not _is_known(name) or not all(_PART.fullmatch(part) for part in parts):
        raise UnresolvableError(f"`{clipped(name)}` is no full module name")
    return tuple(parts), name


def _is_known(name: str) -> bool:
    # What a letter of newer tables is folded to depends on the version of Python that runs the code.
    return name.isascii() or not any(_TABLES.category(char) == "Cn" for char in name)


def _partly(value: Template) -> Pattern:
    # A hole can hold dots: whatever follows its segment is as free as the hole.
    parts = split(value, ".")
    at = next(index for index, part in enumerate(parts) if isinstance(part, Glob))
    literal = itertools.takewhile(lambda symbol: isinstance(symbol, str), Glob.symbols_of(parts[at]))
    return (*parts[:at], Glob((*literal, Wild.MANY)), DEEP)


def _compile(given: Given) -> Judge:
    pair = given.pair("imports", read, open_=True)

    def judge(operation: ModuleImport) -> Finding:
        try:
            pattern, name = module(operation.module)
        except UnresolvableError as error:
            return pair.puzzle(
                "import a module that could not be worked out", str(error), "import the module by its name"
            )
        return pair.judge(
            Subject(pattern, pattern, lambda: (f"import `{clipped(str(operation.module))}`", name))
        )

    return judge


def _compile_opaque(given: Given) -> Judge:
    pair = given.pair("opaque_libraries", read, open_=True)

    def judge(operation: OpaqueCall) -> Finding:
        act = f"call into `{clipped(operation.library)}`"
        try:
            pattern, name = module(operation.library)
        except UnresolvableError as error:
            return pair.puzzle(act, str(error))
        return pair.judge(Subject(pattern, pattern, lambda: (act, name)))

    return judge


FAMILIES = (
    Family(ModuleImport, twins("imports", read), _compile),
    Family(OpaqueCall, (ListConstraint("disallowed_opaque_libraries", read),), _compile_opaque),
)
