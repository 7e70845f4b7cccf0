"""YAML, and JSON, to a tree of texts with their places: nothing is made of a value here but its characters.

`0.10` stays `0.10`, `no` stays `no`, and no tag makes an object of anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.language import text as texts
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems, clipped

MAX_BYTES = 1 << 18
"""The largest file that is read: the parser takes five seconds for a megabyte."""

_MOST_NODES = 10_000
_MOST_DEPTH = 20

_KINDS = frozenset("str int float bool null timestamp map seq merge value".split())
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Word:
    """A scalar as it is written; `bare` is one without quotes, `null` one that stands for nothing."""

    text: str
    clause: Clause
    bare: bool = False
    null: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Value, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Field:
    """`key: value`; `name` is the key in lower case with `_` between its words, `key` as it is written."""

    name: str
    key: Word
    value: Value


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping, in the order of the text."""

    fields: tuple[Field, ...]
    clause: Clause

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def get(self, name: str) -> Value | None:
        """Return the value of a key, None where it is not given or stands for nothing."""
        found = next((field.value for field in self.fields if field.name == name), None)
        return None if isinstance(found, Word) and found.null else found


Value: TypeAlias = "Word | Items | Fields"


def read(data: bytes, file: str, problems: Problems) -> Value | None:
    """Return what a file holds, None where it holds nothing; its mistakes go to `problems`."""
    if len(data) > MAX_BYTES:
        problems.whole(file, f"too large: {len(data):,} bytes, at most {MAX_BYTES:,} are read")
        return None
    policy = texts.decode(data, file, problems)
    if policy is None:
        return None
    # A tab is white space in JSON, and no character of a text there; in YAML it is none.
    text = policy.text
    if text.lstrip().startswith(("{", "[")):
        text = text.replace("\t", " ")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        if mark is None:
            why = "nested too deeply" if isinstance(error, RecursionError) else clipped(str(error), 200)
            problems.whole(file, f"not YAML: {why}")
        else:
            told = " ".join(getattr(error, name) or "" for name in ("problem", "context"))
            problems.at(_place(policy, mark, mark), f"not YAML: {clipped(told.strip(), 200)}")
        return None
    return None if node is None else _Reader(policy, problems).value(node, 0)


def _place(policy: PolicyText, start: yaml.Mark, end: yaml.Mark) -> Clause:
    line = min(start.line, len(policy.lines) - 1)
    span = Span(line + 1, start.column, end.line + 1, max(end.column, start.column + 1))
    if end.line != start.line:
        # A block ends where the next one starts; what is shown is its first line.
        span = Span(line + 1, start.column, line + 1, max(len(policy.lines[line]), start.column + 1))
    return policy.clause(span)


class _Reader:
    """Turns the parser's nodes into ours; an alias counts for all that it stands for."""

    def __init__(self, policy: PolicyText, problems: Problems) -> None:
        self._policy = policy
        self._problems = problems
        self._left = _MOST_NODES

    def value(self, node: yaml.Node, depth: int) -> Value:
        clause = _place(self._policy, node.start_mark, node.end_mark)
        self._left -= 1
        if self._left < 0 or depth > _MOST_DEPTH:
            if self._left in {-1, 0} or depth > _MOST_DEPTH:
                self._problems.at(clause, *self._too_much(depth))
            self._left = -1
            return Word("", clause, null=True)
        kind = str(node.tag).removeprefix(_TAG)
        if kind not in _KINDS:
            self._problems.at(
                clause, f"a tag, `{clipped(str(node.tag))}`: nothing is made of values", "leave it out"
            )
            return Word("", clause, null=True)
        if isinstance(node, yaml.SequenceNode):
            return Items(tuple(self.value(item, depth + 1) for item in node.value), clause)
        if isinstance(node, yaml.MappingNode):
            return self._fields(node, clause, depth)
        bare = getattr(node, "style", None) is None
        return Word(_joined(node.value), clause, bare, bare and kind == "null")

    def _too_much(self, depth: int) -> tuple[str, str]:
        if depth > _MOST_DEPTH:
            return f"nested too deeply: at most {_MOST_DEPTH} levels are read", "write it flat"
        return f"too much: at most {_MOST_NODES:,} values are read", "an alias counts for all it stands for"

    def _fields(self, node: yaml.MappingNode, clause: Clause, depth: int) -> Fields:
        found: dict[str, Field] = {}
        for key_node, value_node in node.value:
            key, value = self.value(key_node, depth + 1), self.value(value_node, depth + 1)
            if not isinstance(key, Word):
                self._problems.at(key.clause, "a key has to be a word")
                continue
            if key.text == "<<" and key.bare:
                self._problems.at(key.clause, "`<<` merges nothing here", "write the fields out")
                continue
            field = Field(plain(key.text), key, value)
            if field.name in found:
                first = found[field.name].key.clause.span.line
                self._problems.at(
                    key.clause, f"`{clipped(key.text)}` a second time", f"the first is on line {first}"
                )
                continue
            found[field.name] = field
        return Fields(tuple(found.values()), clause)


def plain(key: str) -> str:
    """Return a key in lower case, its words apart by `_`: `sessionLimit` and `SESSION-LIMIT` are one."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.strip())
    return re.sub(r"[-_ ]+", "_", words).lower()


def _joined(text: str) -> str:
    """Return `text` with the surrogate pairs of JSON's escapes as the characters that they stand for."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
