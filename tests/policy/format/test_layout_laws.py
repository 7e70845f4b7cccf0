"""The one layout: it means the same, it is its own layout, and no comment is lost or moved past another."""

from __future__ import annotations

import dataclasses
import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from execgate.policy.format import formatted
from execgate.policy.format.layout import WIDTH
from execgate.policy.language import syntax
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems


def meaning(text: str) -> object:
    problems = Problems()
    document = syntax.Parser(problems).parse(PolicyText("a.policy", text.replace("\r\n", "\n")))
    assert problems.found == []
    return without_places(document)


def without_places(value: object) -> object:
    if isinstance(value, tuple):
        return [without_places(one) for one in value]
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.name != "clause"]
        return type(value).__name__, [
            bool(getattr(value, name)) if name == "override" else without_places(getattr(value, name))
            for name in names
        ]
    return value


name = st.sampled_from(["a", "max_cpus", "allowed_hosts", "EXPLORE", "a_name_that_is_rather_long"])
string = st.sampled_from(['"a"', '"//no"', '"# no"', '"/* no */"', '""', '"é{}[]"', f'"{"long" * 12}"'])
number = st.sampled_from(["1", "30_seconds", "50.00_usd", "75%"])


def sequence(*parts: str | st.SearchStrategy) -> st.SearchStrategy[list[str]]:
    """Return the words of all parts, one behind the other."""
    return st.tuples(*(st.just([part]) if isinstance(part, str) else part for part in parts)).map(
        lambda lists: [word for one in lists for word in one]
    )


def word(part: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return part.map(lambda text: [text])


def many(part: st.SearchStrategy[list[str]], most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(part, max_size=most).map(lambda lists: [text for one in lists for text in one])


def maybe(part: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    return st.one_of(st.just([]), part)


def apart(part: st.SearchStrategy[list[str]], *, least: int = 1) -> st.SearchStrategy[list[str]]:
    return st.lists(part, min_size=least, max_size=4).map(
        lambda lists: [text for index, one in enumerate(lists) for text in ([","] if index else []) + one]
    )


scalar = word(st.one_of(string, number, name))
brackets = st.one_of(sequence("[", apart(scalar, least=0), "]"), sequence("[", apart(scalar), ",", "]"))
value = st.one_of(scalar, brackets)
reason = sequence("because", word(string))
override = word(st.just("override"))
constraint = sequence(maybe(override), word(name), ":", value, maybe(reason))
block = sequence("{", many(constraint), "}")
reference = st.one_of(word(name), sequence(word(name), ".", word(name)))
operand = st.one_of(word(string), word(number), word(st.sampled_from(["true", "false"])), reference, brackets)
test = st.one_of(
    operand,
    sequence(operand, st.sampled_from([["=="], ["<="], ["in"], ["not", "in"]]), operand),
    sequence(operand, "matches", word(string)),
    sequence("has", reference),
)
condition = st.recursive(
    test,
    lambda part: st.one_of(
        sequence("(", part, ")"),
        sequence("not", "(", part, ")"),
        sequence(part, st.sampled_from([["and"], ["or"]]), part),
    ),
    max_leaves=5,
)
action = st.one_of(
    sequence(word(st.sampled_from(["deny", "escalate", "warn", "restrict"])), word(string)),
    sequence("restrict", word(string), block),
)
rule = sequence(
    maybe(override),
    "rule",
    word(name),
    maybe(sequence("on", apart(word(name)))),
    maybe(reason),
    "{",
    "when",
    condition,
    action,
    "}",
)
grant = sequence(
    maybe(override),
    "can",
    word(string),
    maybe(reason),
    maybe(
        sequence(
            "with",
            word(st.sampled_from(["constraint", "constraints"])),
            "{",
            many(st.one_of(constraint, rule)),
            "}",
        )
    ),
)
agent = sequence(
    "agent",
    word(string),
    maybe(sequence("extends", apart(word(string)))),
    "{",
    many(st.one_of(grant, constraint, rule)),
    "}",
)
item = st.one_of(
    sequence("let", word(name), "=", brackets),
    agent,
    rule,
    sequence("phases", block),
    sequence("window", word(name), block),
)
comment = st.sampled_from(
    ["// one\n", "# two\n", "//\n", "/* three */", "/**/", "/* four\n   five */", '// "six\n']
)
gap = st.one_of(
    st.sampled_from([" ", "\n", "\n\n\n", "  ", "\t"]),
    st.lists(st.one_of(comment, st.sampled_from([" ", "\n", "\n\n"])), min_size=1, max_size=4).map(
        lambda pieces: " ".join(["", *pieces, ""])
    ),
)


@st.composite
def texts(draw) -> str:
    words = draw(many(item, 4))
    gaps = draw(st.lists(gap, min_size=1, max_size=12))
    sparse = draw(st.integers(1, 8))
    pieces = [draw(st.one_of(st.just(""), gap))]
    for index, one in enumerate(words):
        pieces += [one, gaps[index % len(gaps)] if index % sparse == 0 else " "]
    return "".join(pieces) + draw(st.sampled_from(["", "// end", "/* end */", "\n\n"]))


def comments(text: str) -> list[str]:
    found = re.findall(r'"(?:[^"\\]|\\.)*"|(//[^\n]*|#[^\n]*|/\*.*?\*/)', text, re.DOTALL)
    return [one.rstrip() for one in found if one]


@settings(max_examples=150)
@given(texts())
def test_a_layout_means_the_same(text) -> None:
    assert meaning(formatted(text)) == meaning(text)


@settings(max_examples=150)
@given(texts())
def test_a_layout_is_its_own_layout(text) -> None:
    once = formatted(text)
    assert formatted(once) == once


@settings(max_examples=150)
@given(texts())
def test_every_comment_is_kept_in_its_order(text) -> None:
    assert comments(formatted(text)) == comments(text)


@given(texts())
def test_lines_end_where_their_text_does_and_the_last_with_a_line_break(text) -> None:
    lines = formatted(text).split("\n")
    assert lines.pop() == ""
    in_comments = {line for one in comments(text) for line in one.split("\n")[:-1]}
    assert all(line == line.rstrip() for line in lines if line not in in_comments)
    assert not any(one == other == "" for one, other in itertools.pairwise(lines))
    assert lines[:1] != [""]
    assert lines[-1:] != [""]


@given(many(sequence("let", word(name), "=", brackets), 3).map(" ".join))
def test_a_list_is_never_wider_than_a_line(text) -> None:
    assert all(len(line) <= WIDTH for line in formatted(text).split("\n"))


@given(texts())
def test_line_ends_of_windows_are_kept_and_change_nothing_else(text) -> None:
    windows = text.replace("\n", "\r\n")
    expected = formatted(text)
    assert formatted(windows) == (expected.replace("\n", "\r\n") if "\n" in text else expected)
