"""Files in and out of host folders that somebody hostile may have prepared."""

# ruff: noqa: PTH104, PTH108, PTH118, PTH123, PTH208, PTH211 - what is tested is below pathlib

import contextlib
import errno
import os
import socket
import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.errors import InputError
from execgate.model.execution import Artifact, InputFile
from execgate.sandbox.files import (
    Caps,
    check_inputs,
    collect_inputs,
    escaped,
    name_fault,
    write_artifacts,
)


@given(st.text(max_size=60))
def test_an_accepted_name_stays_in_its_folder(name):
    if name_fault(name) is None:
        path = os.path.normpath(os.path.join("/base", name))
        assert path == "/base/" + name
        assert name.isascii() or name.encode()
        assert not any(ord(char) < 32 or ord(char) == 127 for char in name)


@given(st.text(max_size=80))
def test_escaped_text_is_one_printable_line(text):
    shown = escaped(text, 40)
    assert len(shown) <= 41
    assert shown.isprintable()


@pytest.mark.parametrize("name", ["a", "a/b/c.txt", "ü", "日本.csv", "a b", "-rf", ".hidden", "x" * 255])
def test_an_ordinary_name_is_accepted(name):
    assert name_fault(name) is None


@pytest.mark.parametrize(
    "inputs",
    [
        [InputFile("a", b""), InputFile("a", b"")],
        [InputFile("a", b""), InputFile("a/b", b"")],
        [InputFile("a/b/c", b""), InputFile("a/b", b"")],
        [InputFile(str(n), b"") for n in range(101)],
        [InputFile("a", bytes(20_000_000)), InputFile("b", bytes(20_000_000))],
        [InputFile("../a", b"")],
        [InputFile("\ud800", b"")],
    ],
)
def test_inputs_that_can_not_be_placed_are_refused(inputs):
    with pytest.raises(InputError):
        check_inputs(inputs)


def test_inputs_are_the_regular_files_in_order(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_bytes(b"two")
    (tmp_path / "a.txt").write_bytes(b"one")
    (tmp_path / "z.txt").write_bytes(b"")
    files, notes = collect_inputs(tmp_path)
    assert files == (InputFile("a.txt", b"one"), InputFile("z.txt", b""), InputFile("b/2.txt", b"two"))
    assert notes == ()


def test_inputs_follow_no_link_and_open_no_device(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file-link").symlink_to(outside / "secret")
    (folder / "folder-link").symlink_to(outside)
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
        files, notes = collect_inputs(folder)
    assert files == ()
    assert notes == tuple(
        f"{name}: not a regular file" for name in ("fifo", "file-link", "folder-link", "socket")
    )


def test_inputs_stay_within_their_caps(tmp_path):
    for n in range(5):
        (tmp_path / f"{n}").write_bytes(bytes(10))
    assert [file.name for file in collect_inputs(tmp_path, Caps(count=2))[0]] == ["0", "1"]
    files, notes = collect_inputs(tmp_path, Caps(total_bytes=25))
    assert [file.name for file in files] == ["0", "1"]
    assert notes == ("2: too large", "3: too large", "4: too large")


def test_a_file_that_does_not_fit_leaves_room_for_one_that_does(tmp_path):
    (tmp_path / "big").write_bytes(bytes(100))
    (tmp_path / "small").write_bytes(bytes(10))
    files, notes = collect_inputs(tmp_path, Caps(total_bytes=50))
    assert [file.name for file in files] == ["small"]
    assert notes == ("big: too large",)


def test_inputs_of_a_deep_folder_are_left_out(tmp_path):
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a/b/c/x").touch()
    assert collect_inputs(tmp_path, Caps(depth=2)) == ((), ("a/b: too deep",))


def test_inputs_with_hostile_names_are_left_out(tmp_path):
    (tmp_path / "a\nb").touch()
    open(os.fsencode(tmp_path) + b"/\xff", "wb").close()
    assert collect_inputs(tmp_path)[1] == (
        r"a\nb: the name has control characters",
        r"\udcff: the name is not UTF-8",
    )


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert collect_inputs(tmp_path / "none") == ((), ())


def test_a_folder_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(InputError):
        collect_inputs(tmp_path / "link")
    with pytest.raises(InputError):
        write_artifacts(tmp_path / "link", [])
    with pytest.raises(InputError):
        collect_inputs(tmp_path / "link/../link")


def test_artifacts_are_written_and_replaced(tmp_path):
    folder = tmp_path / "new/work"
    artifacts = [Artifact("a.txt", b"1"), Artifact("deep/er/b.txt", b"2")]
    assert write_artifacts(folder, artifacts) == ((folder / "a.txt", folder / "deep/er/b.txt"), ())
    (folder / "a.txt").chmod(0o600)
    assert write_artifacts(folder, [Artifact("a.txt", b"changed")]) == ((folder / "a.txt",), ())
    assert (folder / "a.txt").read_bytes() == b"changed"
    assert stat.S_IMODE((folder / "a.txt").stat().st_mode) == 0o600
    assert sorted(os.listdir(folder)) == ["a.txt", "deep"]


def test_artifacts_never_go_through_a_link(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim").write_text("safe")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").symlink_to(outside / "victim")
    (folder / "dir").symlink_to(outside)
    (folder / "dangling").symlink_to(outside / "new")
    artifacts = [Artifact(name, b"evil") for name in ("file", "dir/victim", "dangling", "good")]
    written, notes = write_artifacts(folder, artifacts)
    assert written == (folder / "good",)
    assert [note.partition(":")[0] for note in notes] == ["file", "dir/victim", "dangling"]
    assert (outside / "victim").read_text() == "safe"
    assert os.listdir(outside) == ["victim"]


def test_artifacts_replace_no_folder_fifo_or_device(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_text("x")
    artifacts = [Artifact(name, b"") for name in ("folder", "fifo", "file/below")]
    written, notes = write_artifacts(tmp_path, artifacts)
    assert written == ()
    assert len(notes) == 3
    assert (tmp_path / "file").read_text() == "x"


def test_artifacts_with_hostile_names_are_refused(tmp_path):
    artifacts = [Artifact(name, b"") for name in ("../a", "/tmp/a", "a\0b", "..", "a/../../b")]
    written, notes = write_artifacts(tmp_path / "x", artifacts)
    assert (written, len(notes)) == ((), 5)
    assert os.listdir(tmp_path) == ["x"]


def test_another_name_of_a_replaced_file_keeps_its_content(tmp_path):
    (tmp_path / "outside").write_text("safe")
    folder = tmp_path / "folder"
    folder.mkdir()
    os.link(tmp_path / "outside", folder / "a")
    write_artifacts(folder, [Artifact("a", b"new")])
    assert (tmp_path / "outside").read_text() == "safe"


def test_a_folder_that_turns_into_a_link_meanwhile_leads_nowhere(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "folder"
    (folder / "dir").mkdir(parents=True)
    done = threading.Event()

    def swap():
        while not done.is_set():
            for step in (
                lambda: os.rename(folder / "dir", folder / "away"),
                lambda: os.symlink(outside, folder / "dir"),
                lambda: os.unlink(folder / "dir"),
                lambda: os.rename(folder / "away", folder / "dir"),
            ):
                with contextlib.suppress(OSError):
                    step()

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for n in range(300):
            write_artifacts(folder, [Artifact(f"dir/{n}", b"x")])
    finally:
        done.set()
        thread.join()
    assert os.listdir(outside) == []


def test_many_folders_take_few_descriptors_and_what_can_not_be_entered_hides_nothing_else(
    tmp_path, monkeypatch
):
    for number in range(300):
        (tmp_path / f"{number:03}" / "below").mkdir(parents=True)
        (tmp_path / f"{number:03}" / "below" / "file").write_text("x")
    usual, most, before = os.open, [0], len(os.listdir("/proc/self/fd"))

    def counting(path, *given, **named):
        if path == "007":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        most[0] = max(most[0], len(os.listdir("/proc/self/fd")) - before)
        return usual(path, *given, **named)

    monkeypatch.setattr(os, "open", counting)
    found, notes = collect_inputs(tmp_path, Caps(count=400))
    assert len(found) == 299
    assert notes == ("007: Permission denied",)
    assert most[0] < 10
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_folder_that_is_left_alone_and_gone_meanwhile_is_no_error(tmp_path):
    (tmp_path / "file").write_text("x")
    found, notes = collect_inputs(tmp_path, without=[tmp_path / "gone"])
    assert [file.name for file in found] == ["file"]
    assert notes == ()
