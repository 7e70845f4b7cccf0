"""What programs touch in the sandbox is what the analysis says that they do.

Each program runs once, with every audit event on record; what it touched has to be covered by an operation.
`python -m tests.reality --show` prints it all, and takes other collections.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from execgate.analysis import analyze, effects
from execgate.model.program import Program
from execgate.model.source import Source

from . import examples
from .covering import own, uncovered
from .recording import Job, Run, record

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(600)]


def _program(run: Run) -> Program:
    return analyze(Source(run.job.text))


def _missing(runs: Mapping[str, Run], *, loosely: bool = False) -> list[str]:
    return [
        f"{name}: {touch}"
        for name, run in runs.items()
        for touch in uncovered(run.records, _program(run), loosely=loosely)
    ]


def test_what_honest_programs_touch_is_covered(written: Mapping[str, Run]) -> None:
    assert _missing(written) == []


def test_honest_programs_run_to_their_end_and_touch_something(written: Mapping[str, Run]) -> None:
    assert {name: run.last_line for name, run in written.items() if run.status != 0} == {}
    assert sum(1 for run in written.values() if any(own(run.records))) > 300


def test_what_ways_around_a_gate_touch_is_covered(bypasses: Mapping[str, Run]) -> None:
    """Where they reach code that is not known, the operation that says so is what there is to say.

    An error that Python ignores is shown by code in C, which reads the lines of the library without a trace of
    who asked for them: the few programs that end so are left out.
    """
    shown = {name: run for name, run in bypasses.items() if "Exception ignored in" not in run.said}
    assert len(shown) > 300
    assert _missing(shown, loosely=True) == []


def test_what_the_examples_of_the_catalogue_touch_is_covered(catalogue: Mapping[str, Run]) -> None:
    assert _missing(catalogue) == []


def test_most_examples_of_the_catalogue_touch_something(catalogue: Mapping[str, Run]) -> None:
    telling = [name for name, run in catalogue.items() if _touches_more_than_modules(run)]
    assert len(telling) > 350


def _touches_more_than_modules(run: Run) -> bool:
    return any(touch.kind != "import" for touch in own(run.records))


def _blinded(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make the analysis believe that a catalogued call does nothing."""

    def blind(rule):
        return lambda site, effect: None if site.entry.name == name else rule(site, effect)

    monkeypatch.setattr(effects, "RULES", {kind: blind(rule) for kind, rule in effects.RULES.items()})


def test_an_entry_without_its_effects_is_found_out(
    catalogue: Mapping[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check sees what it is to see: with any one entry emptied, its own example shows it.

    Where it does not, the example also does by another call what the entry says, or says it with a gap.
    """
    noticed, unnoticed = [], []
    for example in examples.examples():
        run = catalogue[example.job.name]
        if not _touches_more_than_modules(run) or _program(run).gaps:
            continue
        with monkeypatch.context() as patch:
            _blinded(patch, example.entry.name)
            found = uncovered(run.records, _program(run))
        (noticed if found else unnoticed).append(example.entry.name)
    assert len(noticed) > 300
    assert len(unnoticed) < len(noticed) / 5, unnoticed


CHEATERS = {
    "zipfile.ZipFile.extractall": "import zipfile\nzipfile.ZipFile('data.zip').extractall('out')",
    "shutil.copytree": "import shutil\nshutil.copytree('folder', 'elsewhere')",
    "logging.FileHandler": "import logging\nlogging.getLogger().addHandler(logging.FileHandler('hidden.log'))",
    "xml.etree.ElementTree.parse": "import xml.etree.ElementTree as E\nE.parse('data.xml')",
    "urllib.request.urlopen": "import urllib.request as u\ntry:\n    u.urlopen('http://198.51.100.7/')\nexcept OSError:\n    pass",
    "smtplib.SMTP": "import smtplib\ntry:\n    smtplib.SMTP('198.51.100.7', timeout=1)\nexcept OSError:\n    pass",
    "subprocess.run": "import subprocess\nsubprocess.run(['true'])",
    "os.getenv": "import os\nos.getenv('HOME')",
    "os.remove": "import os\nlist(map(os.remove, ['data.txt']))",
    "pathlib.Path.write_text": "import threading, pathlib\nt = threading.Thread(target=pathlib.Path('x').write_text, args=('x',))\nt.start()\nt.join()",
    "builtins.open": "import atexit\natexit.register(open, 'late.txt', 'w')",
    "importlib.import_module": "import importlib\nimportlib.import_module('calendar')",
}
"""Programs of which the effect is inside of a library's call, or late, or in another thread."""


@pytest.fixture(scope="module")
def cheaters(sandbox) -> Mapping[str, Run]:
    jobs = [Job(name, text, examples.FILES, examples.PRELUDE) for name, text in CHEATERS.items()]
    return {run.job.name: run for run in record(sandbox, jobs)}


@pytest.mark.parametrize("name", CHEATERS)
def test_an_effect_that_hides_in_a_library_shows_once_the_analysis_is_blind_to_it(
    name: str, cheaters: Mapping[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = cheaters[name]
    assert run.status == 0, run.said
    assert uncovered(run.records, _program(run)) == []
    _blinded(monkeypatch, name)
    assert uncovered(run.records, _program(run)) != []
