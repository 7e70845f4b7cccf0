"""The reference of the language says what the code reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from execgate.policy import PolicySet
from execgate.policy.constraints import CAPABILITIES, CAPABILITY_OF, CONSTRAINTS
from execgate.policy.constraints.about import ABOUT
from execgate.policy.language.tokens import grammar
from execgate.policy.reference import ACTIONS, FORMS, OPERATORS, markdown

ROOT = Path(__file__).parents[2]


def test_the_reference_in_the_documentation_is_the_one_that_the_command_prints() -> None:
    kept = (ROOT / "docs" / "policy-reference.md").read_text(encoding="utf-8")
    assert kept == markdown(), "execgate policy docs > docs/policy-reference.md"


@pytest.mark.parametrize("form", [text for _, text in FORMS])
def test_every_form_is_one(form: str) -> None:
    if form.startswith(("allowed_", "override ")):
        form = f'can "code_execution" with constraints {{ {form} }}'
    if form.startswith("can "):
        extends = ' extends "base"' if "override" in form else ""
        form = f'agent "name"{extends} {{ {form} }}'
    form = form.replace("/* or so, over lines */", "\n/* or so, over lines */")
    base = 'agent "base" { can "code_execution" with constraints { allowed_imports: ["pandas"] } }'
    PolicySet.parse(form if 'agent "base"' in form else f"{form}\n{base}")


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_example_of_every_constraint_is_one(name: str) -> None:
    body = f'can "{CAPABILITY_OF[name]}" with constraints {{ {ABOUT[name].example} }}'
    policy = PolicySet.parse(f'agent "a" {{ {body} }}').agent("a")
    assert name in policy.constraints_json()


def test_every_constraint_stands_in_the_table_of_its_capability() -> None:
    for capability, constraints in CAPABILITIES.items():
        (section,) = re.findall(rf'^## can "{capability}"\n(.*?)^## ', markdown(), re.MULTILINE | re.DOTALL)
        first = [row.split(" | ")[0] for row in section.splitlines() if row.startswith("| `")]
        assert sorted(re.findall(r"`(\w+)`", "".join(first))) == sorted(constraints)


def test_every_action_and_operator_is_one_of_the_grammar_and_every_word_of_it_is_told() -> None:
    words = {terminal.pattern.value for terminal in grammar().terminals if terminal.pattern.value.isalpha()}
    told = {word for word, _ in ACTIONS} | set(re.findall(r"[a-z]+", " ".join(sign for sign, _ in OPERATORS)))
    assert told <= words
    assert words <= set(re.findall(r"[a-z]+", markdown()))
