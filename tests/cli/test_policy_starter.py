"""`execgate policy starter` and `execgate policy docs`."""

from __future__ import annotations

import pytest

from execgate.policy.reference import markdown

NAMES = [
    "admin",
    "billing",
    "data_analyst",
    "database_reader",
    "fetcher",
    "report_writer",
    "reviewer",
    "sandbox",
]


def test_without_a_name_every_starter_is_a_line(execgate):
    done = execgate("policy", "starter")
    assert (done.status, done.err) == (0, "")
    assert [line.split("  ")[0].strip() for line in done.out.splitlines()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_is_fine_and_laid_out_and_its_cases_pass(execgate, folder, name):
    done = execgate("policy", "starter", name, "--out", "new")
    assert (done.status, done.out) == (0, "")
    assert sorted(path.name for path in (folder / "new").iterdir()) == [
        f"{name}.policy",
        f"{name}.policytest",
    ]
    assert execgate("policy", "check", "new", "--strict").status == 0
    assert execgate("policy", "fmt", "new", "--check").status == 0
    done = execgate("policy", "test", "new")
    assert done.status == 0, done.out
    assert " passed; " in done.out


def test_all_of_them_together_pass_their_cases(execgate):
    for name in NAMES:
        assert execgate("policy", "starter", name, "--out", "new").status == 0
    done = execgate("policy", "test", "new")
    assert done.status == 0, done.out


def test_a_starter_takes_the_name_of_the_agent(execgate, folder):
    printed = execgate("policy", "starter", "fetcher", "--agent", "rates")
    assert 'agent "rates" {' in printed.out
    assert execgate("policy", "starter", "fetcher", "--agent", "rates", "--out", "new").status == 0
    assert (folder / "new" / "rates.policy").read_text() == printed.out
    assert execgate("policy", "test", "new").status == 0


def test_what_is_there_is_never_written_over(execgate, folder):
    (folder / "new").mkdir()
    (folder / "new" / "sandbox.policy").write_text("mine")
    done = execgate("policy", "starter", "sandbox", "--out", "new")
    assert (done.status, done.out) == (2, "")
    assert "is there already" in done.err
    assert (folder / "new" / "sandbox.policy").read_text() == "mine"


def test_a_folder_that_can_not_be_written_is_named(execgate, folder):
    (folder / "file").write_text("")
    done = execgate("policy", "starter", "sandbox", "--out", "file/below")
    assert done.status == 2
    assert "can't be written" in done.err


def test_an_unknown_starter_is_named_with_the_one_that_was_meant(execgate):
    done = execgate("policy", "starter", "sandbx")
    assert done.status == 2
    assert "sandbox" in done.err


def test_the_reference_is_printed(execgate):
    done = execgate("policy", "docs")
    assert (done.status, done.out, done.err) == (0, markdown(), "")
