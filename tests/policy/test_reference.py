"""docs/policy.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from execgate.errors import PolicyError
from execgate.model import vocabulary
from execgate.model.limits import Limits
from execgate.model.money import TOKENS
from execgate.policy import PolicySet
from execgate.policy.conditions.attributes import ATTRIBUTES
from execgate.policy.conditions.scopes import SUBJECTS
from execgate.policy.constraints import CONSTRAINTS, LIMITS

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in row.strip("|").split(" | ")]
    for row in re.findall(r"^\|.*\|$", PAGE, re.MULTILINE)
]


def words(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def row(name: str) -> list[str]:
    (found,) = [cells for cells in ROWS if name in words(cells[0])]
    return found


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return found


def test_it_lists_every_constraint_once_and_no_other() -> None:
    listed = [
        word
        for cells in ROWS
        for word in words(cells[0])
        if re.fullmatch(r"[a-z]+_\w+|compensation|image|session", word)
        and cells[1] != "units, in the plural too"
        if word not in ATTRIBUTES
    ]
    assert sorted(listed) == sorted(CONSTRAINTS)


@pytest.mark.parametrize(
    ("constraint", "known"),
    [
        ("allowed_database_operations", vocabulary.DATABASE_OPERATIONS),
        ("allowed_dynamic_code", vocabulary.DYNAMIC_CODE),
        ("allowed_native_code", vocabulary.NATIVE_CODE),
        ("allowed_deserialization", vocabulary.DESERIALIZATION),
        ("allowed_process_control", vocabulary.PROCESS_CONTROL),
        ("allowed_system_access", vocabulary.SYSTEM_ACCESS),
    ],
)
def test_it_lists_every_word_of_a_vocabulary(constraint, known) -> None:
    assert words(row(constraint)[1]) == list(known)


def test_it_lists_every_file_operation() -> None:
    (operations,) = re.findall(r"The operations are (.*?)\.", PAGE, re.DOTALL)
    assert words(operations) == list(vocabulary.FILE_OPERATIONS)


def test_it_gives_the_limits_that_stand_by_default() -> None:
    body = "\n".join(f"{limit.name}: {words(row(limit.name)[2])[0]}" for limit in LIMITS)
    text = f'agent "x" {{ can "code_execution" with constraints {{ {body} }} }}'
    assert PolicySet.parse(text).agent("x").limits == Limits()


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("time", "max_execution_time"),
        ("size", "max_memory"),
        ("processors", "max_cpus"),
        ("processes", "max_processes"),
        ("files", "max_files"),
    ],
)
def test_it_lists_every_unit(what, name) -> None:
    (cells,) = [cells for cells in ROWS if cells[0] == what]
    known = CONSTRAINTS[name].quantity.units
    listed = set(words(cells[1]))
    assert listed <= set(known)
    assert set(known) - listed <= {f"{unit}s" for unit in listed} | {f"{unit}es" for unit in listed}


def test_its_policies_parse() -> None:
    blocks = re.findall(r"^```policy\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert [PolicySet.parse(one).agents for one in blocks] == [
        ("report_writer",),
        ("billing",),
        ("modeller",),
        ("analyst", "forecaster"),
        ("buyer",),
    ]


def test_it_lists_every_payment_operation_and_token() -> None:
    moving, back, still = (words(cells[1]) for cells in ROWS if cells[0].startswith(("money ", "no money ")))
    assert (*moving, *back) == vocabulary.MOVING_OPERATIONS
    assert tuple(still) == vocabulary.STILL_OPERATIONS
    (tokens,) = re.findall(r"one of the tokens (.*?)\.", PAGE, re.DOTALL)
    assert words(tokens) == [token.lower() for token in TOKENS]


def test_its_amounts_are_read_as_it_says() -> None:
    (table,) = re.findall(r"^## Money and units\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    for name, what in (
        ("max_amount", "an amount of money"),
        ("max_payments_per_day", "a number of payments"),
        ("warn_at", "a percentage"),
    ):
        (written, canonical) = re.findall(rf"^\| {what} \| (.*?) \| (.*?) \|$", table, re.MULTILINE)[0]
        quantity = CONSTRAINTS[name].quantity
        shown = [quantity.show(quantity.read(text)) for text in words(written)]
        assert shown[0] == words(canonical)[0]


def test_its_mistakes_are_reported_as_it_shows() -> None:
    with pytest.raises(PolicyError) as caught:
        PolicySet.parse(block("broken"), "analyst.policy")
    assert caught.value.rendered + "\n" == block("text")


def test_it_lists_every_attribute_with_its_type() -> None:
    (table,) = re.findall(r"^## Conditions\n\n(.*?)\n\n", PAGE, re.MULTILINE | re.DOTALL)
    listed = {}
    for names, kind in re.findall(r"^\| (`.*?) \| (.*?) \|", table, re.MULTILINE):
        listed.update(dict.fromkeys(words(names), kind))
    assert listed.pop("args.name") == "a value of any type"
    assert listed == {
        name: one.kind.value + (", several" if one.many else "") for name, one in ATTRIBUTES.items()
    }


def test_what_rules_judge_is_named() -> None:
    (section,) = re.findall(r"^## Rules\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    (named,) = re.findall(r"behind `on`: (.*?)\. ", section, re.DOTALL)
    assert {word for text in words(named) for word in re.findall(r"\w+", text)} - {"on"} <= set(SUBJECTS)
