"""Everything in the README that can be run is run, and what it shows is what comes out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from execgate.policy import PolicySet

CHECKOUT = Path(__file__).resolve().parents[2]
README = CHECKOUT / "README.md"


def _console(example: Example) -> None:
    """Play a console block: `cat` writes the file that it shows, every other command runs as it stands."""
    for entry in f"\n{example.parsed}".split("\n$ ")[1:]:
        line, _, shown = entry.partition("\n")
        program, *arguments = line.split()
        if program == "cat":
            path = Path(arguments[0])
            path.parent.mkdir(exist_ok=True)
            path.write_text(shown, encoding="utf-8")
        elif program == "make":
            subprocess.run(["make", "--dry-run", *arguments], cwd=CHECKOUT, check=True, capture_output=True)
        else:
            command = Path(sys.executable).with_name(program)
            ran = subprocess.run(
                [command, *arguments], capture_output=True, text=True, check=False, timeout=60
            )
            assert ran.stdout + ran.stderr == shown


def _policy(example: Example) -> None:
    assert PolicySet.parse(example.parsed).agents


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    sybil = Sybil(
        parsers=[
            CodeBlockParser("console", _console),
            CodeBlockParser("policy", _policy),
            PythonCodeBlockParser(),
        ]
    )
    return list(sybil.parse(README).examples())


@pytest.mark.autogen
@pytest.mark.engine
@pytest.mark.filterwarnings("ignore")  # AutoGen's own, when it is imported
def test_what_the_readme_shows_is_what_happens(examples, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for example in examples:
        example.evaluate()
    assert len(examples) >= 8


@pytest.mark.engine
def test_without_its_last_line_the_program_of_the_readme_is_allowed_and_runs(examples, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for example in examples:
        if "$ cat job.py" in str(example.parsed):
            example.evaluate()
    job = Path("job.py")
    job.write_text(job.read_text().rpartition("__import__")[0])
    Path("orders.csv").write_text("id,amount\n1,10\n2,30\n3,20\n")
    command = [Path(sys.executable).with_name("execgate"), "run", "job.py", "--agent", "analyst"]
    ran = subprocess.run(
        [*command, "--input", "orders.csv"], capture_output=True, text=True, check=False, timeout=100
    )
    assert ran.returncode == 0, ran.stderr
    assert "20.0" in ran.stdout


def test_the_first_command_stands_within_twenty_lines():
    lines = README.read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("$ ") for line in lines[:20])


PAGES = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def _anchors(page: Path) -> set[str]:
    """Return the names that a page's headings are linked by."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_heading_leads_to_one(page):
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
        assert anchor in _anchors(page.parent / target if target else page), f"{target}#{anchor}"
