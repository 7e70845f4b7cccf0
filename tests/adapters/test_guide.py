from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from execgate.autogen import GatedExecutor

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.autogen
def test_what_the_guide_shows_can_be_done(tmp_path, monkeypatch):
    shutil.copytree(CHECKOUT / "policies", tmp_path / "policies")
    monkeypatch.chdir(tmp_path)
    document = Sybil(parsers=[PythonCodeBlockParser()]).parse(CHECKOUT / "docs" / "autogen.md")
    for example in document.examples():
        example.evaluate()
    names = document.namespace
    assert isinstance(names["user_proxy"].code_executor, GatedExecutor)
    assert names["user_proxy"].code_executor is not names["executor"]
    assert (tmp_path / "work").is_dir()
