"""The page on testing policies shows cases that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems
from execgate.policy.testing import cases

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policy-testing.md").read_text(encoding="utf-8")
BLOCKS = [match[2] for match in re.finditer(r"^(`{3,})policytest\n(.*?)^\1$", PAGE, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_is_a_file_of_cases(block, tmp_path):
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "upload.py").write_text("import requests\n")
    file = cases.parse(PolicyText("x.policytest", block), Problems(), tmp_path / "x.policytest")
    assert len(file.cases) >= 2


def test_the_page_names_every_field_of_a_case():
    from execgate.policy.testing.tree import _Reader

    table = PAGE.split("| field | holds |\n| --- | --- |\n")[1].split("\n\n")[0]
    assert {row.split("`")[1] for row in table.splitlines()} == set(_Reader([], Problems())._fields)
