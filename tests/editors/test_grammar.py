"""The TextMate grammar knows the words of the language, and colours each token as what it is."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from execgate import __version__
from execgate.policy.conditions.attributes import ATTRIBUTES
from execgate.policy.constraints import CONSTRAINTS
from execgate.policy.language import tokens
from execgate.policy.language.text import PolicyText

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editors" / "vscode"

spec = importlib.util.spec_from_file_location("editors_script", ROOT / "scripts" / "editors.py")
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)

TEXT = """// a line
# another
/* a
block */
let apis = ["a.com", "b\\n*"]
agent "a" extends "b", "c" {
  version: "1"
  override can "code_execution" because "x" with constraints {
    allowed_hosts: apis
    max_memory: 1_gigabyte
    warn_at: 75%
    max_output: unlimited
    unknown_name: -3
  }
}
rule r on payment, network_call {
  when not (spent.day >= 1.50_usd) and phase == COMMIT or has customer and x in [1] or true and y matches "z" or false
  restrict "m" { }
}
rule s { when a deny "m" } rule t { when a warn "m" } rule u { when a escalate "m" }
phases { EXPLORE: [COMMIT] }
window night { zone: "UTC" }
agent "d" { can "tool" with constraint { } }
"""


def rules(part: dict[str, Any], grammar: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for pattern in part["patterns"]:
        if "include" in pattern:
            yield from rules(grammar["repository"][pattern["include"].removeprefix("#")], grammar)
        else:
            yield pattern


def painted(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and scope of each piece: the first pattern that fits leftmost, as editors do."""
    grammar = json.loads((EXTENSION / "syntaxes" / "execgate.tmLanguage.json").read_text())
    patterns = list(rules(grammar, grammar))
    at = 0
    while True:
        found = [
            (match.start(), number, match)
            for number, pattern in enumerate(patterns)
            if (match := re.compile(pattern.get("match") or pattern["begin"], re.MULTILINE).search(text, at))
        ]
        if not found:
            return
        _, number, match = min(found, key=lambda one: one[:2])
        pattern = patterns[number]
        end = match.end()
        if "begin" in pattern:
            end = re.compile(pattern["end"], re.MULTILINE).search(text, end).end()
            if pattern["name"].startswith("string"):
                end = re.compile(r'(?:[^"\\\n]|\\.)*"?').match(text, match.end()).end()
        if "captures" in pattern:
            for group, scope in pattern["captures"].items():
                if match[int(group)] is not None:
                    yield match.start(int(group)), match.end(int(group)), scope["name"]
        else:
            yield match.start(), end, pattern["name"]
        at = end


EXPECTED = {
    "STRING": ("string.", "entity.name.type"),
    "NUMBER": ("constant.numeric",),
    "NAME": ("variable.", "support.", "entity.name", "constant.language"),
    **dict.fromkeys(("AGENT", "LET", "RULE", "PHASES", "WINDOW"), ("storage.type",)),
    **dict.fromkeys(("DENY", "ESCALATE", "WARN", "RESTRICT"), ("keyword.control.action",)),
    **dict.fromkeys(("AND", "OR", "NOT", "HAS", "IN", "MATCHES"), ("keyword.operator.word",)),
    **dict.fromkeys(("TRUE", "FALSE"), ("constant.language",)),
    **dict.fromkeys(
        ("CAN", "WITH", "CONSTRAINT", "CONSTRAINTS", "EXTENDS", "BECAUSE", "OVERRIDE", "ON", "WHEN"),
        ("keyword.control",),
    ),
    "COMPARE": ("keyword.operator.comparison",),
    "EQUAL": ("keyword.operator.assignment",),
    **dict.fromkeys(("LBRACE", "RBRACE", "LSQB", "RSQB", "LPAR", "RPAR"), ("punctuation.section",)),
    **dict.fromkeys(("COLON", "COMMA"), ("punctuation.separator",)),
    "DOT": ("punctuation.separator",),
}


def test_the_file_is_what_the_words_of_the_code_make() -> None:
    assert script.FILE.read_text() == script.text(), "run `python scripts/editors.py`"


def test_every_word_of_the_language_has_a_colour_of_one_kind() -> None:
    listed = [*script.DECLARATIONS, *script.CLAUSES, *script.ACTIONS, *script.OPERATORS, *script.TRUTHS]
    assert sorted(listed) == sorted(tokens.keywords())


def test_the_text_has_every_kind_of_token() -> None:
    kinds = {token.type for token in tokens.read(PolicyText("a", TEXT), 10_000).tokens}
    assert kinds == {word.name for word in tokens.grammar().terminals} - {
        "LINE_COMMENT",
        "BLOCK_COMMENT",
        "SPACE",
    }
    assert kinds == set(EXPECTED)


def test_each_token_is_coloured_as_what_it_is() -> None:
    pieces = {start: scope for start, _, scope in painted(TEXT)}
    inside = {
        at
        for start, end, scope in painted(TEXT)
        if scope.startswith("variable.language")
        for at in range(start + 1, end)
    }
    for token in tokens.read(PolicyText("a", TEXT), 10_000).tokens:
        if token.start_pos in inside:
            continue
        assert pieces[token.start_pos].startswith(EXPECTED[token.type]), (token, pieces[token.start_pos])


def test_comments_are_coloured_whole() -> None:
    pieces = {TEXT[start:end]: scope for start, end, scope in painted(TEXT) if scope.startswith("comment")}
    assert set(pieces) == {"// a line", "# another", "/* a\nblock */"}


@pytest.mark.parametrize("name", [*CONSTRAINTS])
def test_every_constraint_is_known(name) -> None:
    ((_, end, scope), *_) = painted(f"{name}: 1")
    assert (end, scope) == (len(name), "support.type.property-name.execgate")


@pytest.mark.parametrize("name", [name for name in ATTRIBUTES if name not in tokens.keywords()])
def test_every_attribute_is_known(name) -> None:
    ((_, end, scope), *_) = painted(f"{name} == 1")
    assert (end, scope) == (len(name), "variable.language.execgate")


def test_the_extension_names_what_is_there_and_the_version_of_the_package() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text())
    assert manifest["version"] == __version__
    (language,), (colours,) = manifest["contributes"]["languages"], manifest["contributes"]["grammars"]
    assert (language["extensions"], colours["scopeName"]) == ([".policy"], "source.execgate")
    for path in (language["configuration"], colours["path"]):
        json.loads((EXTENSION / path).read_text())
    word = json.loads((EXTENSION / language["configuration"]).read_text())["wordPattern"]
    for text in ("max_memory", "1.50_usd", "75%"):
        assert re.fullmatch(word, text)
