"""Receipts, their keys and policies: no program is handed them, and none replaces them."""

from __future__ import annotations

from pathlib import Path

import pytest

from execgate.cli import files
from execgate.errors import InputError
from execgate.model.execution import Artifact
from execgate.sandbox import Reserved


@pytest.fixture
def reserved(folder: Path) -> Reserved:
    """Return what is reserved in a folder with state, a policy file and a folder of policies."""
    (folder / "state" / "keys").mkdir(parents=True)
    (folder / "state" / "keys" / "receipts.pem").write_text("secret")
    (folder / "data.csv").write_text("1")
    (folder / "shared.policy").write_text("")
    (folder / "rules").mkdir()
    (folder / "rules" / "team.policy").symlink_to(folder / "shared.policy")
    (folder / "link").symlink_to(folder / "state")
    return Reserved((folder / "state",), (folder / "team.policy", folder / "rules", folder / "policies"))


@pytest.mark.parametrize(
    "named",
    ["state", "state/keys", "state/keys/receipts.pem", "link", "link/keys/receipts.pem", "./x/../state"],
)
def test_what_lies_in_a_state_folder_is_not_handed_in(folder, reserved, named):
    (folder / "x").mkdir()
    with pytest.raises(InputError, match="receipts and their keys are kept there"):
        files.collect([named], reserved, pytest.fail)


def test_a_folder_is_handed_in_without_the_state_in_it(folder, reserved):
    told: list[str] = []
    found = files.collect([str(folder), "data.csv"], reserved, told.append)
    names = [file.name for file in found]
    assert f"{folder.name}/data.csv" in names
    assert f"{folder.name}/team.policy" in names
    assert not any(
        "state" in name or "secret" in str(file.data) for name, file in zip(names, found, strict=True)
    )
    assert f"{folder}: state: receipts and their keys are kept there" in told


def test_the_names_of_a_state_folder_are_free_elsewhere(folder, reserved):
    (folder / "other" / "state").mkdir(parents=True)
    (folder / "other" / "state" / "a.txt").write_text("x")
    (found,) = files.collect(["other"], reserved, pytest.fail)
    assert found.name == "other/state/a.txt"


@pytest.mark.parametrize("named", ["state", "state/keys", "state/new", "link/new"])
def test_no_output_folder_lies_in_a_state_folder(folder, reserved, named):
    with pytest.raises(InputError, match="no program may write to"):
        files.keep(named, (), reserved)
    assert not (folder / "state" / "new").exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("state/keys/receipts.pem", "receipts and their keys are kept there"),
        ("state/new.txt", "receipts and their keys are kept there"),
        ("team.policy", "policies are loaded from there"),
        ("shared.policy", "policies are loaded from there"),
        ("rules/more.policy", "policies are loaded from there"),
        ("policies", "policies are loaded from there"),
        ("policies/more.policy", "policies are loaded from there"),
        ("policies/readme.txt", "policies are loaded from there"),
    ],
)
def test_what_a_program_leaves_replaces_neither_state_nor_policies(folder, reserved, name, why):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    written, problem = files.keep(".", [Artifact(name, b"mine"), Artifact("fine.txt", b"x")], reserved)
    assert written == ["fine.txt"]
    assert problem is not None
    assert problem.message == f".: {name}: not written: {why}"
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == {**before, folder / "fine.txt": b"x"}
    assert not (folder / "policies").exists()


@pytest.mark.parametrize("name", ["notes/team.policy", "rules/readme.txt", "policies.txt", "state2/a"])
def test_what_decides_nothing_may_be_written(folder, reserved, name):
    assert files.keep(".", [Artifact(name, b"x")], reserved) == ([name], None)


def test_an_output_folder_that_is_a_link_to_the_policies_is_none(folder, reserved):
    (folder / "out").mkdir()
    (folder / "out" / "deep").symlink_to(folder / "rules")
    written, problem = files.keep("out/deep/..", [Artifact("team.policy", b"x")], reserved)
    assert (written, problem is None) == ([], False)


def test_the_command_names_the_state_folder_and_runs_nothing(execgate, folder, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.setenv("EXECGATE_SANDBOX", "docker")
    (folder / "job.py").write_text("x = 1\n")
    (folder / "other").mkdir()
    for option, place in (
        ("--input", "state"),
        ("--input", ".execgate"),
        ("--input", "other"),
        ("--output-dir", "state"),
        ("--output-dir", ".execgate/out"),
    ):
        done = execgate(
            "run", "job.py", "--agent", "reader", "--policy", "team.policy", "--home", "other", option, place
        )
        assert (done.status, done.out) == (2, "")
        assert "receipts and their keys are kept there" in done.err
    assert list((folder / "other").iterdir()) == []


@pytest.mark.engine
def test_a_program_can_not_change_the_policy_it_runs_under(execgate, folder):
    policy = folder / "own.policy"
    policy.write_text(
        'agent "a" {\ncan "code_execution" with constraints {\nallowed_imports: []\n'
        'allowed_file_operations: ["write", "create"]\nallowed_file_paths: ["/workspace"]\n}\n}\n'
    )
    before = policy.read_text()
    (folder / "job.py").write_text(
        'for name in ("own.policy", "policies", "fine.txt"):\n    open(name, "w").write("x")\n'
    )
    done = execgate("run", "job.py", "--agent", "a", "--policy", "own.policy", "--output-dir", ".")
    assert done.status == 2, done.err
    assert policy.read_text() == before
    assert "execgate: wrote fine.txt\n" in done.err
    assert "own.policy: not written: policies are loaded from there" in done.err
    assert "policies: not written: policies are loaded from there" in done.err
