"""The trees of single constructs, as the parser gives them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NoReturn

import pytest

from execgate.model.context import Context
from execgate.model.operation import Operation
from execgate.policy.conditions import phases, rules, windows
from execgate.policy.conditions.checking import Names
from execgate.policy.conditions.facts import Facts
from execgate.policy.conditions.rules import Rule
from execgate.policy.conditions.values import Missing
from execgate.policy.language import syntax
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems

NOTHING_KNOWN = Context()


@pytest.fixture(scope="session")
def parse() -> Callable[[str], syntax.Document]:
    """Return the tree of a text in which there is no syntax mistake."""

    def run(text: str) -> syntax.Document:
        problems = Problems()
        document = syntax.Parser(problems).parse(PolicyText("a.policy", text))
        problems.raise_if_any()
        return document

    return run


@pytest.fixture(scope="session")
def mistakes() -> Callable[[Problems], list[str]]:
    """Return each mistake with its help in one line, in the order of the text."""

    def show(problems: Problems) -> list[str]:
        return [f"{one.message} / {one.help}" if one.help else one.message for one in problems.found]

    return show


@pytest.fixture(scope="session")
def rules_of(parse) -> Callable[..., list[Rule]]:
    """Return the rules of a text at top level, with the sets, windows and phases that stand beside them."""

    def run(text: str, problems: Problems | None = None, capability: str | None = None) -> list[Rule]:
        found = Problems() if problems is None else problems
        document = parse(text)
        sets = {let.name.text: let.value.items for let in document.lets}
        names = Names(
            sets,
            {
                tree.name.text: window
                for tree in document.windows
                if (window := windows.read(tree, sets, found))
            },
            phases.read(document.phases[0], found) if document.phases else phases.DEFAULT,
        )
        read = [rules.read(tree, names, capability, _no_constraints, found) for tree in document.rules]
        if problems is None:
            found.raise_if_any()
        return [rule for rule in read if rule is not None]

    return run


def _no_constraints(trees: tuple[syntax.Constraint, ...], capability: str) -> NoReturn:
    raise AssertionError(f"{capability}: {trees}")


@pytest.fixture(scope="session")
def answer(rules_of) -> Callable[..., bool | str]:
    """Return what a condition says of an operation: true, false, or what is missing."""

    def run(
        condition: str,
        operation: Operation,
        context: Context = NOTHING_KNOWN,
        *,
        beside: str = "",
        ratio: Fraction | None = None,
    ) -> bool | str:
        (rule,) = rules_of(f'{beside}\nrule r on all {{ when {condition} deny "m" }}')
        said, _ = rule.ask(Facts(operation, context, "coder", lambda: ratio), operation.type)
        return said.what if isinstance(said, Missing) else said

    return run
