"""`execgate doctor`: what is missing, what that stops, and the fix."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import time
from pathlib import Path

import pytest

from execgate.cli import machine
from execgate.cli.machine import check_autogen, check_clock, check_machine, check_state
from execgate.receipts import ReceiptStore


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch):
    """Return a function that plays which distributions and modules are installed."""

    def play(distributions: dict[str, str], *modules: str) -> None:
        def version(name: str) -> str:
            if name not in distributions:
                raise importlib.metadata.PackageNotFoundError(name)
            return distributions[name]

        monkeypatch.setattr(importlib.metadata, "version", version)
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: name if name in modules else None)

    return play


@pytest.mark.parametrize(
    ("distributions", "modules", "ok", "detail"),
    [
        ({"pyautogen": "0.2.35"}, ("autogen",), True, "pyautogen 0.2.35: classic, with the module `autogen`"),
        ({"pyautogen": "0.9"}, ("autogen",), True, "pyautogen 0.9: classic, with the module `autogen`"),
        ({"ag2": "0.9.7"}, ("autogen",), True, "ag2 0.9.7: classic, with the module `autogen`"),
        (
            {"ag2": "0.14.1", "autogen": "0.14.1"},
            ("autogen",),
            True,
            "ag2 0.14.1, autogen 0.14.1: classic, with the module `autogen`",
        ),
        (
            {"autogen-agentchat": "0.2.38"},
            ("autogen",),
            True,
            "autogen-agentchat 0.2.38: classic, with the module `autogen`",
        ),
        ({}, (), False, "not installed"),
        (
            {"pyautogen": "0.10.0", "autogen-agentchat": "0.7.5"},
            ("autogen_agentchat",),
            False,
            "pyautogen 0.10.0, autogen-agentchat 0.7.5: AgentChat, which has no module `autogen`",
        ),
        ({"ag2": "1.0.2"}, ("ag2",), False, "ag2 1.0.2: ag2 of the generation that has no module `autogen`"),
        (
            {"pyautogen": "0.2.18"},
            ("autogen",),
            False,
            "pyautogen 0.2.18: too old, 0.2.19 is the oldest that takes an executor",
        ),
        (
            {"pyautogen": "0.2.35", "ag2": "0.9.7"},
            ("autogen",),
            False,
            "pyautogen 0.2.35, ag2 0.9.7: pyautogen and ag2 overwrite each other's module `autogen`",
        ),
    ],
)
def test_the_generations_of_autogen_are_told_apart(installed, distributions, modules, ok, detail):
    installed(distributions, *modules)
    found = check_autogen()
    assert found[:2] == (ok, detail)
    assert ok or found[2]


def test_a_state_folder_is_checked_without_making_it(folder):
    home = folder / "state"
    assert check_state(home)[:2] == (True, f"{home}: not there yet, can be made")
    assert not home.exists()
    home.mkdir(mode=0o700)
    assert check_state(home)[:2] == (True, f"{home}: writable, for its owner alone")
    home.chmod(0o755)
    assert check_state(home) == (False, f"{home}: open to other users (mode 755)", f"chmod 700 {home}")
    assert check_state(folder / "team.policy")[:2] == (False, f"{folder}/team.policy: not a folder")


def test_a_clock_that_was_never_set_is_found(monkeypatch):
    assert check_clock()[0]
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    assert check_clock() == (False, "1970-01-02T00:00:00Z", "set the clock: receipts carry its time")


def test_a_check_that_fails_hides_no_other(folder, monkeypatch):
    def broken() -> None:
        raise OSError("gone")

    monkeypatch.setattr(machine, "check_autogen", broken)
    found = {check.name: check for check in check_machine(Path(os.environ["EXECGATE_HOME"]))}
    assert (found["AutoGen"].ok, found["AutoGen"].detail) == (False, "OSError: gone")
    assert found["clock"].ok


def test_a_broken_policy_is_something_missing(folder):
    (folder / "policies").mkdir()
    found = {check.name: check for check in check_machine(folder / "state")}
    assert found["policies"].ok is False
    assert found["policies"].detail


@pytest.mark.enable_socket
def test_without_an_engine_something_is_missing_and_the_fix_is_named(execgate, folder, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.setenv("EXECGATE_SANDBOX", "docker")
    done = execgate("doctor")
    assert done.status == 1
    lines = done.out.splitlines()
    engine = next(number for number, line in enumerate(lines) if line.startswith("missing  engine"))
    assert lines[engine + 1].strip() == "needed for: running code"
    assert lines[engine + 2].strip().startswith("fix: ")
    assert done.err.startswith("execgate: ")
    assert done.err.endswith(" missing\n")
    document = execgate("doctor", "--format", "json").document
    assert document["ok"] is False
    assert {"name", "ok", "detail", "fix", "needed_for"} == set(document["checks"][0])


@pytest.mark.engine
def test_where_all_is_there_the_status_is_0(execgate):
    done = execgate("doctor")
    assert (done.status, done.err) == (0, "execgate: all there\n")
    assert "missing" not in done.out


@pytest.mark.parametrize("name", ["receipts.pem", "log.pem"])
def test_a_log_that_can_not_be_added_to_is_found_with_the_fix(tmp_path, name):
    home = tmp_path / "state"
    ReceiptStore.open(home).close()

    def check():
        (found,) = [check for check in check_machine(home) if check.name == "receipts"]
        return found

    key = home / "keys" / name
    good = key.read_bytes()
    assert check().ok
    key.chmod(0o644)
    assert (check().ok, f"chmod go-rwx {key}" in check().fix) == (False, True)
    key.chmod(0o600)
    key.write_text("junk")
    assert check().ok is False
    assert check().fix
    assert key.read_text() == "junk"
    key.unlink()
    assert check().ok is False
    assert check().fix
    assert not key.exists()
    key.write_bytes(good)
    key.chmod(0o600)
    assert check().ok


def test_a_folder_with_keys_of_another_log_is_found(tmp_path):
    for name in ("one", "two"):
        ReceiptStore.open(tmp_path / name).close()
    for key in ("receipts.pem", "log.pem"):
        (tmp_path / "one" / "keys" / key).write_bytes((tmp_path / "two" / "keys" / key).read_bytes())
    (found,) = [check for check in check_machine(tmp_path / "one") if check.name == "receipts"]
    assert found.ok is False
    assert "does not hold the key that the log names" in found.detail
