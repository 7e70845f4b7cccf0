"""What words become before a command sees them: fields, with a mark wherever something is not known."""

from __future__ import annotations

import fnmatch
import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from execgate.analysis.holes import ANY, NUMBER, WORD, has_hole
from execgate.analysis.shell.state import SOME_NUMBER, UNKNOWN, State, Value, union
from execgate.analysis.shell.tree import (
    Calculation,
    Choice,
    Free,
    Literal,
    Output,
    Parameter,
    Part,
    Stream,
    Word,
)

MAX_FIELDS = 200
"""How many fields one word may become before they count as unknown."""

MAX_LENGTH = 1 << 16
"""The longest text that an expansion is followed to, in characters."""

MAX_COMBINATIONS = 24
"""How many ways a word or a command may be spelled before it counts as unknown."""

MAX_CUT = 1_000
"""The longest text of which parts are cut off by a pattern, in characters."""

CHARACTERS = 64
"""How many characters of a text that is copied are one piece of work."""

_GLOB = "\ufdd3"
_PATTERN = re.compile(r"[*?]+|\[[^\]/\s]+\]?")
"""What can stand for names of files; a bracket that is not closed is taken whole, so that it is read once."""
_STARS = re.compile(r"[*?]+")
_NUMERIC = re.compile(rf"[\s0-9.+*/%(){NUMBER}-]*")
_NAMES = re.compile(r"(?<![\w#])[A-Za-z_]\w*|\$\{?([0-9])", re.ASCII)
_SETS = re.compile(
    r"(?:\+\+|--)\s*([A-Za-z_]\w*)|(?<!\w)([A-Za-z_]\w*)\s*(?:\+\+|--|(?:[-+*/%&|^]|<<|>>)?=(?!=))", re.ASCII
)

_Item = TypeVar("_Item")

Segment = tuple[str, bool, bool]
"""A text, whether it is quoted, and whether it stands in the program rather than in what was expanded."""


_ANY_SEGMENT: Segment = (ANY, False, False)


@dataclass(slots=True)
class Expander:
    """Expands words in a state; what that does besides is told to whoever follows the text."""

    printed: Callable[[Output, State], Value]
    """Follows a substitution and returns what it prints."""
    streamed: Callable[[Stream, State], object]
    """Follows the commands at the other end of a pipe."""
    read: Callable[[str, State], object]
    """Is told of each variable that is looked at."""
    puzzled: Callable[[str], object]
    """Is told why something can run commands in a way that is not followed."""
    assigned: Callable[[str, Value], object]
    """Is told of each variable that an expansion sets."""
    worked: Callable[[int], object]
    """Is told how much work an expansion is."""

    def fields(self, word: Word, state: State) -> list[list[str]]:
        """Return the fields that `word` becomes, in each way that it can."""
        whole = self._whole_list(word, state)
        if whole is not None:
            return [whole]
        options = [self._options(part, state) for part in word.parts]
        chosen = _chosen(word.parts, options)
        if chosen is None:
            return [[ANY]]
        ways: list[list[str]] = [[]]
        for parts in chosen:
            ways = extended(ways, [_split(segments) for segments in self._ways(parts)])
            if len(ways) > MAX_COMBINATIONS or any(len(way) > MAX_FIELDS for way in ways):
                return [[ANY]]
        return [list(way) for way in dict.fromkeys(tuple(way) for way in ways)]

    def value(self, parts: Sequence[Part], state: State) -> Value:
        """Return what parts become where they are not split, as in assignments and redirections."""
        ways = self._ways([self._options(part, state) for part in parts])
        return union(tuple(_tilded("".join(text for text, _, _ in way), way) for way in ways))

    def _whole_list(self, word: Word, state: State) -> list[str] | None:
        """Return the fields of `"$@"` and `"${name[@]}"`, None for what is neither."""
        parts = [part for part in word.parts if part != Literal("", quoted=True)]
        if len(parts) != 1 or not isinstance(parts[0], Parameter) or parts[0].operator:
            return None
        part = parts[0]
        if part.name in {"@", "*"} and part.index is None:
            items = state.arguments
        elif part.index in {"@", "*"}:
            items = state.arrays.get(part.name, UNKNOWN)
        else:
            return None
        return [ANY] if items is None else list(items)

    def _ways(self, parts: Sequence[list[Segment]]) -> list[list[Segment]]:
        """Return the segments of a word in each way that it can be, from what each part can be."""
        length = sum(max((len(text) for text, _, _ in options), default=0) for options in parts)
        self.worked(len(parts) + length // CHARACTERS)
        if length > MAX_LENGTH:
            return [[_ANY_SEGMENT]]
        ways: list[list[Segment]] = [[]]
        for options in parts:
            ways = extended(ways, [[option] for option in options])
            if len(ways) > MAX_COMBINATIONS:
                return [[_ANY_SEGMENT]]
        return ways

    def _options(self, part: Part, state: State) -> list[Segment]:
        if isinstance(part, Literal):
            return [(part.text, part.quoted, True)]
        if isinstance(part, Parameter):
            return [(text, part.quoted, False) for text in self._parameter(part, state)]
        if isinstance(part, Output):
            return [(text.rstrip("\n"), part.quoted, False) for text in self.printed(part, state)]
        if isinstance(part, Calculation):
            self.calculated(part.expression, state)
            return [(NUMBER, False, False)]
        if isinstance(part, Stream):
            self.streamed(part, state)
            return [(f"/dev/fd/{NUMBER}", True, False)]
        if isinstance(part, Free):
            return [(ANY, False, False)]
        return [(text, False, True) for text in part.options]

    # Variables

    def calculated(self, expression: str, state: State) -> None:
        """Follow a calculation: bash runs what stands in an index in the value of a variable."""
        counted = {match[1] or match[2] for match in _SETS.finditer(expression)}
        for match in _NAMES.finditer(expression):
            name = match[1] or match[0]
            value = state.value(name) if name in counted else self._plain(name, state)
            if not state.is_unset(name) and not all(_NUMERIC.fullmatch(text) for text in value):
                self.puzzled("a calculation with a text that is not known can run commands")
        for name in sorted(counted):
            self.assigned(name, SOME_NUMBER)
            state.variables[name] = SOME_NUMBER

    def _plain(self, name: str, state: State) -> Value:
        """Return what `$name` can be."""
        if name in {"?", "#", "$"}:
            return SOME_NUMBER
        if name in {"!", "-", "0"}:
            return UNKNOWN
        if name.isdigit():
            if state.arguments is None or ANY in state.arguments:
                return UNKNOWN
            return state.arguments[int(name) - 1 : int(name)] or ("",)
        if name in {"@", "*"}:
            if state.arguments is None or len(state.arguments) > 1:
                return UNKNOWN
            return state.arguments or ("",)
        self.read(name, state)
        return state.value(name)

    def _parameter(self, part: Parameter, state: State) -> Value:
        is_name = re.match(r"[A-Za-z_]", part.name) is not None
        value = self._item(part, state) if part.index is not None else self._plain(part.name, state)
        operator = part.operator
        if operator == "":
            return value
        if operator == "length":
            return SOME_NUMBER
        word = self.value(part.word, state)
        if operator == "other":
            return UNKNOWN
        is_unset = part.index is None and is_name and state.is_unset(part.name)
        kind = operator.lstrip(":")
        if kind in {"-", "="}:
            if is_unset:
                value = word
            elif operator[0] == ":" and "" in value:
                value = union(tuple(text for text in value if text), word)
            elif value == UNKNOWN or is_name or "" in value:
                value = union(value, word)
            if kind == "=" and is_name:
                self.assigned(part.name, value)
                state.variables[part.name] = value
            return value
        if kind == "+":
            return ("",) if is_unset or value == ("",) else union(("",), word)
        if kind == "?":
            return value
        self.worked(sum(min(len(text), MAX_CUT) for text in value) * len(word))
        return tuple(dict.fromkeys(_cut(text, operator, pattern) for text in value for pattern in word))

    def _item(self, part: Parameter, state: State) -> Value:
        items = state.arrays.get(part.name)
        index = part.index or ""
        if index not in {"@", "*"} and not re.fullmatch(r"-?[0-9]+", index):
            self.calculated(index, state)
        if items is None or ANY in items:
            return UNKNOWN
        if re.fullmatch(r"[0-9]+", index):
            return items[int(index) : int(index) + 1] or ("",)
        if index in {"@", "*"} and len(items) != 1:
            return UNKNOWN if items else ("",)
        return union(items) if items else ("",)


def extended(ways: list[list[_Item]], found: Sequence[Sequence[_Item]]) -> list[list[_Item]]:
    """Return each of `ways` with each of `found` behind it; where that is one, they grow in place."""
    if len(found) != 1:
        return [[*way, *more] for way in ways for more in found]
    for way in ways:
        way.extend(found[0])
    return ways


def _chosen(parts: Sequence[Part], options: list[list[Segment]]) -> list[list[list[Segment]]] | None:
    """Return the words that braces make of one, each by what its parts can be; None for too many."""
    choices = [index for index, part in enumerate(parts) if isinstance(part, Choice)]
    count = math.prod(len(options[index]) for index in choices)
    if count > MAX_FIELDS or (choices and count * len(parts) > MAX_LENGTH):
        return None
    found = []
    for chosen in itertools.product(*(options[index] for index in choices)):
        word = options.copy()
        for index, segment in zip(choices, chosen, strict=True):
            word[index] = [segment]
        found.append(word)
    return found


def _cut(text: str, operator: str, pattern: str) -> str:
    """Return what `%`, `%%`, `#` and `##` leave of `text`; holes that could matter make it unknown."""
    if has_hole(pattern):
        return ANY
    if not re.search(r"[*?\[\\]", pattern):
        return text.removesuffix(pattern) if operator[0] == "%" else text.removeprefix(pattern)
    if pattern == ".*" and operator == "%":
        head, dot, tail = text.rpartition(".")
        return head if dot and not has_hole(tail) else ANY if has_hole(text) else text
    # A hole without separators can't hold the slash that these look for.
    if ANY in text or (has_hole(text) and pattern not in {"*/", "/*"}):
        return ANY
    if len(text) > MAX_CUT or len(pattern) > MAX_CUT // 10:
        return ANY
    matches = re.compile(fnmatch.translate(pattern)).match
    places = range(len(text) + 1)
    if operator[0] == "%":
        starts = [at for at in places if matches(text[at:])]
        return text if not starts else text[: starts[0] if operator == "%%" else starts[-1]]
    ends = [at for at in places if matches(text[:at])]
    return text if not ends else text[ends[-1] if operator == "##" else ends[0] :]


# Fields


def _split(segments: list[Segment]) -> list[str]:
    """Return the fields of a word: split where an expansion is not quoted, with patterns replaced."""
    fields: list[list[Segment]] = [[]]
    for text, quoted, written in segments:
        if quoted or written:
            fields[-1].append((text, quoted, written))
            continue
        for index, piece in enumerate(re.split(r"[ \t\n]+", text)):
            if index:
                fields.append([])
            if piece:
                fields[-1].append((piece, False, False))
        if ANY in text and len(segments) > 1:
            # What is behind the first blank in it is a field of its own.
            fields.append([(ANY, False, False)])
            fields.append([])
    return [_field(field) for field in fields if field]


def _field(segments: list[Segment]) -> str:
    text = "".join(part if quoted else _PATTERN.sub(_marked, part) for part, quoted, _ in segments)
    if _GLOB not in text:
        return _tilded(text, segments)
    return "/".join(_replaced(part) if _GLOB in part else part for part in text.split("/"))


def _marked(match: re.Match[str]) -> str:
    """Return a mark for a pattern; in a bracket that is not closed, only its stars are one."""
    whole = match[0][0] != "[" or match[0][-1] == "]"
    return _GLOB if whole else _STARS.sub(_GLOB, match[0])


def _replaced(part: str) -> str:
    """Return a part of a path whose pattern stands for the name of a file."""
    head, _, rest = part.partition(_GLOB)
    tail = rest.rpartition(_GLOB)[2]
    # What begins with a dot can be `..` to some shells.
    return ANY if head == "." and not tail else f"{head}{WORD}{tail}"


def _tilded(text: str, segments: list[Segment]) -> str:
    """Return `text` with a tilde at its start only where that stands for the home folder."""
    if not text.startswith("~"):
        return text
    _, quoted, written = next(segment for segment in segments if segment[0])
    if not written:
        return text  # the value of `HOME`
    if quoted:
        return f"./{text}"
    return text if re.match(r"~(?:/|$)", text) else ANY
