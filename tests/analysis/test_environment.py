"""The environment, by every way that Python has to look at it or change it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Does = Callable[[str], list[str]]

WHOLE = [
    "{**os.environ}",
    "os.environ | {'A': '1'}",
    "{'A': '1'} | os.environ",
    "f'{os.environ}'",
    "f'{os.environ=}'",
    "str(os.environ)",
    "'%s' % os.environ",
    "'{}'.format(os.environ)",
    "(lambda **k: k)(**os.environ)",
    "dict(os.environ)",
    "list(os.environ)",
    "os.environ.copy()",
]


@pytest.mark.parametrize("expression", WHOLE)
def test_all_of_it_is_read_by_whatever_takes_it_whole(does: Does, expression: str) -> None:
    assert set(does(f"import os\nx = {expression}")) == {"environment list"}


def test_one_variable_of_it_is_that_variable(does: Does) -> None:
    assert set(does("import os\ne = os.environ\ne['A'], e.get('B'), 'C' in e")) == {
        "environment read A",
        "environment read B",
        "environment read C",
    }


@pytest.mark.parametrize(
    ("statement", "done"),
    [
        ("os.environ |= {'A': '1', 'B': '2'}", "environment write A B"),
        ("e = os.environ\ne |= {'A': '1'}", "environment write A"),
        ("os.environ |= dict(x.split('=') for x in open('f'))", "environment write ?"),
    ],
)
def test_what_is_added_in_place_is_set(does: Does, statement: str, done: str) -> None:
    assert done in does(f"import os\n{statement}")
    assert "environment list" not in does(f"import os\n{statement}")
