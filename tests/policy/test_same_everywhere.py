"""The same code, policy and context give the same verdict, byte for byte, on every machine and Python."""

from __future__ import annotations

import importlib.util
from pathlib import Path

HERE = Path(__file__).parent


def test_every_verdict_is_the_one_that_every_supported_python_gave() -> None:
    spec = importlib.util.spec_from_file_location("everywhere", HERE / "everywhere.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kept = (HERE / "data" / "verdicts.txt").read_text(encoding="utf-8").splitlines()
    differing = [(now, before) for now, before in zip(module.lines(), kept, strict=True) if now != before]
    assert differing == [], "where that is meant: python tests/policy/everywhere.py > .../data/verdicts.txt"
