"""Write the TextMate grammar of the policy language, from the words that the code knows.

`python scripts/editors.py` writes it; a test holds the file against what this makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from execgate.policy.conditions.attributes import ATTRIBUTES
from execgate.policy.constraints import CONSTRAINTS, UNLIMITED
from execgate.policy.editing.words import SETTINGS
from execgate.policy.grant import DELEGATIONS

FILE = Path(__file__).parents[1] / "editors" / "vscode" / "syntaxes" / "execgate.tmLanguage.json"

DECLARATIONS = ("agent", "let", "rule", "phases", "window")
CLAUSES = ("can", "with", "constraint", "constraints", "extends", "because", "override", "on", "when")
ACTIONS = ("deny", "escalate", "warn", "restrict")
OPERATORS = ("and", "or", "not", "has", "in", "matches")
TRUTHS = ("true", "false")

_NAME = "[A-Za-z_][A-Za-z0-9_]*"


def _scope(name: str) -> str:
    return f"{name}.execgate"


def _words(words: Iterable[str], scope: str) -> dict[str, str]:
    # The longest first: an alternative ends at the first that fits.
    listed = "|".join(word.replace(".", r"\.") for word in sorted(words, key=lambda word: (-len(word), word)))
    return {"match": rf"(?<![\w.])(?:{listed})(?![\w.])", "name": _scope(scope)}


def _declared(word: str, name: str, scope: str) -> dict[str, Any]:
    return {
        "match": rf"\b({word})\s+({name})",
        "captures": {"1": {"name": _scope("storage.type")}, "2": {"name": _scope(scope)}},
    }


def grammar() -> dict[str, Any]:
    """Return the grammar."""
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "execgate policy",
        "scopeName": "source.execgate",
        "fileTypes": ["policy"],
        "patterns": [
            {"include": f"#{part}"}
            for part in ("comments", "declarations", "strings", "numbers", "properties", "words", "signs")
        ],
        "repository": {
            "comments": {
                "patterns": [
                    {"match": "//.*$", "name": _scope("comment.line.double-slash")},
                    {"match": "#.*$", "name": _scope("comment.line.number-sign")},
                    {"begin": r"/\*", "end": r"\*/", "name": _scope("comment.block")},
                ]
            },
            "declarations": {
                "patterns": [
                    _declared("agent", r'"(?:[^"\\]|\\.)*"', "entity.name.type"),
                    _declared("rule", _NAME, "entity.name.function"),
                    _declared("let", _NAME, "entity.name.constant"),
                    _declared("window", _NAME, "entity.name.constant"),
                ]
            },
            "strings": {
                "patterns": [
                    {
                        "begin": '"',
                        "end": r'"|(?=$)',
                        "name": _scope("string.quoted.double"),
                        "patterns": [
                            {
                                "match": r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})',
                                "name": _scope("constant.character.escape"),
                            },
                            {"match": r"\\.", "name": _scope("invalid.illegal.escape")},
                            {"match": r"\*+", "name": _scope("constant.other.placeholder")},
                        ],
                    }
                ]
            },
            "numbers": {
                "patterns": [
                    {
                        "match": r"(?<!\w)(-?[0-9][0-9_]*(?:\.[0-9]+)?)(?:_?([A-Za-z][A-Za-z0-9_]*)|(%))?",
                        "captures": {
                            "1": {"name": _scope("constant.numeric")},
                            "2": {"name": _scope("keyword.other.unit")},
                            "3": {"name": _scope("keyword.other.unit")},
                        },
                    }
                ]
            },
            "properties": {
                "patterns": [
                    {
                        **_words((*CONSTRAINTS, *SETTINGS), "support.type.property-name"),
                        "match": _words((*CONSTRAINTS, *SETTINGS), "")["match"] + r"(?=\s*:)",
                    },
                    {"match": rf"\b{_NAME}(?=\s*:)", "name": _scope("variable.other.property")},
                ]
            },
            "words": {
                "patterns": [
                    _words(DECLARATIONS, "storage.type"),
                    _words(CLAUSES, "keyword.control"),
                    _words(ACTIONS, "keyword.control.action"),
                    _words(OPERATORS, "keyword.operator.word"),
                    _words((*TRUTHS, UNLIMITED, *DELEGATIONS), "constant.language"),
                    _words(ATTRIBUTES, "variable.language"),
                    {"match": rf"\b{_NAME}\b", "name": _scope("variable.other")},
                ]
            },
            "signs": {
                "patterns": [
                    {"match": "==|!=|<=|>=|<|>", "name": _scope("keyword.operator.comparison")},
                    {"match": "=", "name": _scope("keyword.operator.assignment")},
                    {"match": r"[{}\[\]()]", "name": _scope("punctuation.section")},
                    {"match": "[:,.]", "name": _scope("punctuation.separator")},
                ]
            },
        },
    }


def text() -> str:
    """Return the grammar as the file has it."""
    return json.dumps(grammar(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
