"""The trees of single constructs, as the parser gives them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from execgate.policy.language import syntax
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems


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
