"""Policies that change below a gate: taken over whole between two decisions, or refused, loudly."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from execgate.errors import PolicyError
from execgate.policy import watched
from execgate.policy.watched import WatchedPolicies

A = 'agent "a" {\n  can "code_execution" with constraints { allowed_imports: ["json"] }\n}\n'
B = 'agent "b" {\n  can "code_execution" with constraints { allowed_imports: ["math"] }\n}\n'
BROKEN = 'agent "b" {\n  can "code_execution" with constraints { allowed_import: ["math"] }\n}\n'


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "QUIET_S", 0.005)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "team.policy"
    path.write_text(A)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "policies"
    path.mkdir()
    (path / "a.policy").write_text(A)
    return path


def agents(policies: WatchedPolicies) -> tuple[str, ...]:
    return policies.current().policies.agents


def age(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an hour pass, as the clock that ages are told by has it."""
    real = time.time_ns
    monkeypatch.setattr(watched.time, "time_ns", lambda: real() + 3600 * 10**9)


def test_what_does_not_change_is_read_once(file, monkeypatch):
    age(monkeypatch)
    policies = WatchedPolicies(file)
    first = policies.current()
    monkeypatch.setattr(watched.texts, "gather", lambda *_: pytest.fail("read again"))
    assert policies.current() is first
    assert first.refused is None


def _write(path: Path, text: str) -> None:
    path.write_text(text)


def _rename(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def _retarget(path: Path, text: str) -> None:
    target = path.with_suffix(".target")
    target.write_text(text)
    path.unlink()
    path.symlink_to(target)


def _same_marks(path: Path, text: str) -> None:
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [_write, _rename, _retarget, _same_marks])
def test_a_file_that_changes_decides_from_the_next_time_on(
    file: Path, change: Callable[[Path, str], None], monkeypatch
):
    policies = WatchedPolicies(file)
    first = policies.current()
    assert first.policies.agents == ("a",)
    assert len(A) == len(B)
    change(file, B)
    second = policies.current()
    assert second.policies.agents == ("b",)
    assert second.digest != first.digest
    assert first.policies.agents == ("a",)  # Whoever holds a version keeps it whole.
    age(monkeypatch)
    assert policies.current().policies is second.policies


def test_a_change_that_leaves_every_mark_as_it_was_is_found_while_the_file_is_young(file, monkeypatch):
    marks = watched._marks(file)
    monkeypatch.setattr(watched, "_marks", lambda _: marks)
    policies = WatchedPolicies(file)
    file.write_text(B)
    assert agents(policies) == ("b",)
    file.write_text(A)
    assert agents(policies) == ("a",)


def test_marks_are_believed_once_a_file_is_old_and_not_before(file, monkeypatch):
    policies = WatchedPolicies(file)
    assert not policies._state.settled
    age(monkeypatch)
    policies.current()
    assert policies._state.settled
    # A clock that runs behind the files' leaves them unsettled: that costs a look, and misses nothing.
    real = time.time_ns
    monkeypatch.setattr(watched.time, "time_ns", lambda: real() - 3600 * 10**9)
    file.write_text(B)
    assert agents(policies) == ("b",)
    assert not policies._state.settled


def test_files_that_come_and_go_count(folder):
    policies = WatchedPolicies(folder)
    (folder / "b.policy").write_text(B)
    assert agents(policies) == ("a", "b")
    (folder / "a.policy").rename(folder / "c.policy")
    assert agents(policies) == ("b", "a")
    (folder / "c.policy").unlink()
    assert agents(policies) == ("b",)


def test_what_is_no_policy_in_the_folder_changes_nothing(folder, monkeypatch):
    age(monkeypatch)
    policies = WatchedPolicies(folder)
    first = policies.current()
    monkeypatch.setattr(watched.texts, "gather", lambda *_: pytest.fail("read again"))
    (folder / "notes.txt").write_text("x")
    (folder / ".hidden.policy").write_text(BROKEN)
    assert policies.current() is first


def test_a_folder_that_is_put_in_the_place_of_another_counts(folder, tmp_path):
    policies = WatchedPolicies(folder)
    new = tmp_path / "new"
    new.mkdir()
    (new / "b.policy").write_text(B)
    folder.rename(tmp_path / "old")
    new.rename(folder)
    assert agents(policies) == ("b",)


def test_a_link_to_a_folder_that_is_led_elsewhere_counts(folder, tmp_path):
    link, new = tmp_path / "current", tmp_path / "new"
    link.symlink_to(folder)
    policies = WatchedPolicies(link)
    shutil.copytree(folder, new)
    (new / "a.policy").write_text(B)
    link.unlink()
    link.symlink_to(new)
    assert agents(policies) == ("b",)


def test_the_place_is_fixed_when_the_policies_are_loaded(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    policies = WatchedPolicies(Path("team.policy"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "team.policy").write_text(B)
    monkeypatch.chdir(elsewhere)
    assert agents(policies) == ("a",)
    file.write_text(BROKEN)
    refused = policies.current().refused
    assert refused is not None
    assert refused.error.message.startswith("team.policy:2:")  # as it was named


@pytest.mark.parametrize(
    ("spoil", "why", "readable"),
    [
        (lambda path: path.write_text(BROKEN), "unknown constraint `allowed_import`", True),
        (lambda path: path.write_text(A[:20]), "team.policy:", True),
        (lambda path: path.write_bytes(b"\xff"), "not UTF-8", True),
        (lambda path: path.write_text("\n"), "team.policy: the file is empty", True),
        (lambda path: path.unlink(), "no such file or folder", False),
        (lambda path: (path.unlink(), path.mkdir()), "holds no *.policy file", False),
        (lambda path: (path.unlink(), os.mkfifo(path)), "not a regular file", False),
        (lambda path: (path.unlink(), path.symlink_to(path.name)), "can't be read", False),
    ],
)
def test_what_can_not_be_used_is_refused_loudly_and_the_policy_before_it_stays(
    file, caplog, spoil, why, readable
):
    told: list[PolicyError] = []
    policies = WatchedPolicies(file, on_refused=told.append)
    first = policies.current()
    spoil(file)
    with caplog.at_level(logging.WARNING, logger="execgate.policy"):
        versions = [policies.current() for _ in range(3)]
    (record,) = caplog.records  # Once, not at every decision.
    assert "the one before it goes on deciding" in record.getMessage()
    assert len(told) == 1
    for version in versions:
        assert version.policies is first.policies
        assert version.digest == first.digest
        assert version.refused is not None
        assert version.refused.error is told[0]
        assert why in told[0].message
        assert (version.refused.digest is not None) is readable
    if file.is_dir():
        file.rmdir()
    else:
        file.unlink(missing_ok=True)
    file.write_text(A)
    assert policies.current().refused is None
    assert policies.current().policies is first.policies  # The same text needs no second reading.


def test_a_policy_that_may_not_be_read_is_refused(folder, monkeypatch, caplog):
    policies = WatchedPolicies(folder)
    real = Path.open

    def denied(self, *args, **options):
        if self.suffix == ".policy":
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **options)

    (folder / "b.policy").write_text(B)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", denied)
        version = policies.current()
        assert policies.current() is not None
    assert version.policies.agents == ("a",)
    assert version.refused is not None
    assert "permission denied" in version.refused.error.message
    assert len(caplog.records) == 1
    assert agents(policies) == ("a", "b")


def test_a_folder_that_may_not_be_read_is_refused(folder, monkeypatch):
    policies = WatchedPolicies(folder)

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(watched.os, "scandir", denied)
    monkeypatch.setattr(watched.texts, "files", denied)
    version = policies.current()
    assert version.refused is not None
    assert version.policies.agents == ("a",)


def test_one_broken_version_after_another_is_told_each(file, caplog):
    policies = WatchedPolicies(file)
    for text in (BROKEN, BROKEN.replace("import", "imporx"), B):
        file.write_text(text)
        policies.current()
    assert len(caplog.records) == 2
    assert agents(policies) == ("b",)


def test_a_defect_while_reading_leaves_the_policy_that_decides(file, monkeypatch):
    policies = WatchedPolicies(file)
    monkeypatch.setattr(watched.PolicySet, "decode", lambda *_: 1 / 0)
    file.write_text(B)
    version = policies.current()
    assert version.policies.agents == ("a",)
    assert version.refused is not None
    assert version.refused.error.message == "the policy could not be read: ZeroDivisionError"


def test_who_is_told_may_fail(file, caplog):
    def fails(error: PolicyError) -> None:
        raise KeyError(error.message)

    policies = WatchedPolicies(file, on_refused=fails)
    file.write_text(BROKEN)
    assert policies.current().refused is not None
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


def test_a_first_version_that_can_not_be_used_is_an_error(tmp_path):
    with pytest.raises(PolicyError, match="no such file or folder"):
        WatchedPolicies(tmp_path / "none")
    (tmp_path / "x.policy").write_text(BROKEN)
    with pytest.raises(PolicyError, match="unknown constraint"):
        WatchedPolicies(tmp_path / "x.policy")


def test_a_file_that_is_being_written_is_waited_for(folder, monkeypatch):
    policies = WatchedPolicies(folder)
    # Written in two steps: for a moment the narrow block is gone, and the wide one would decide alone.
    path = folder / "a.policy"
    path.write_text(B)

    def finish(_: float) -> None:
        if path.read_text() == B:
            path.write_text(B + A)

    monkeypatch.setattr(watched, "QUIET_S", 60.0)
    monkeypatch.setattr(watched.time, "sleep", finish)
    assert agents(policies) == ("b", "a")


def test_a_file_that_is_emptied_widens_nothing(folder):
    wide = 'agent "*" { can "code_execution" with constraints { allowed_imports: ["*"] } }\n'
    (folder / "wide.policy").write_text(wide)
    policies = WatchedPolicies(folder)
    (folder / "a.policy").write_text("")
    version = policies.current()
    assert version.refused is not None
    assert version.policies.agent("a").block == "a"
    (folder / "a.policy").unlink()
    assert policies.current().policies.agent("a").block == "*"


def test_a_policy_that_never_comes_to_rest_is_refused(file, monkeypatch):
    policies = WatchedPolicies(file)
    size = iter(range(1, 1000))

    def write(_: float = 0) -> None:
        file.write_text(B + "\n" * next(size))

    write()
    monkeypatch.setattr(watched, "QUIET_S", 60.0)
    monkeypatch.setattr(watched.time, "sleep", write)
    version = policies.current()
    assert version.policies.agents == ("a",)
    assert version.refused is not None
    assert version.refused.error.message == f"{file}: the policy keeps changing while it is read"
    monkeypatch.undo()
    assert agents(policies) == ("b",)


def test_whole_files_that_are_put_in_its_place_all_the_time_are_taken(file, monkeypatch):
    policies = WatchedPolicies(file)
    size = iter(range(1, 1000))
    kept = []

    def put(_: float = 0) -> None:
        number = next(size)
        kept.append(file.open("rb"))  # The inode of an open file is not used again.
        _rename(file, B + "\n" * number)

    put()
    monkeypatch.setattr(watched, "QUIET_S", 60.0)
    monkeypatch.setattr(watched.time, "sleep", put)
    version = policies.current()
    for stream in kept:
        stream.close()
    assert version.policies.agents == ("b",)
    assert version.refused is None


def test_files_that_change_while_they_are_read_are_read_again(folder, monkeypatch):
    policies = WatchedPolicies(folder)
    real = watched.texts.gather
    left = [B, A + B]

    def gather(*arguments):
        found = real(*arguments)
        if left:
            (folder / "z.policy").write_text(left.pop(0).replace('"a"', '"c"'))
        return found

    monkeypatch.setattr(watched.texts, "gather", gather)
    assert agents(policies) == ("a", "c", "b")


def test_no_thread_ever_sees_a_mix_of_two_versions(folder, monkeypatch):
    def texts(version: str) -> dict[str, str]:
        return {f"{name}.policy": A.replace('"a"', f'"{name}{version}"') for name in "pqr"}

    for name, text in texts("1").items():
        (folder / name).write_text(text)
    (folder / "a.policy").unlink()
    policies = WatchedPolicies(folder)
    whole = {tuple(f"{name}{version}" for name in "pqr") for version in "12"}
    seen: set[tuple[str, ...]] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.add(agents(policies))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    place = folder
    for number in range(30):
        fresh = folder.with_name(f"v{number}")
        fresh.mkdir()
        for name, text in texts("21"[number % 2]).items():
            (fresh / name).write_text(text)
        place.rename(folder.with_name(f"old{number}"))
        fresh.rename(folder)
        time.sleep(0.01)
    done.set()
    for thread in threads:
        thread.join()
    assert seen == whole
    assert agents(policies) == ("p1", "q1", "r1")
