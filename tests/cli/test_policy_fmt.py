"""`execgate policy fmt`: what it writes, what it leaves alone, and what it refuses."""

from __future__ import annotations

import errno
import os

import pytest

from execgate.policy import PolicySet

LAID_OUT = """\
agent "a" {  // the first
  can "code_execution" with constraints {
    allowed_imports: ["json"]
  }
}
"""
LOOSE = 'agent "a" { // the first\ncan "code_execution" with constraints {allowed_imports:["json",]}\n\n\n}'


def test_a_file_gets_its_layout_and_means_the_same(execgate, folder):
    (folder / "a.policy").write_text(LOOSE)
    done = execgate("policy", "fmt", "a.policy")
    assert (done.status, done.out, done.err) == (0, "", "execgate: laid out a.policy\n")
    assert (folder / "a.policy").read_text() == LAID_OUT
    assert PolicySet.parse(LOOSE).digest == PolicySet.parse(LAID_OUT).digest
    assert (sorted(path.name for path in folder.iterdir() if path.is_file())) == ["a.policy", "team.policy"]


def test_a_file_that_has_its_layout_is_not_touched(execgate, folder):
    file = folder / "a.policy"
    file.write_text(LAID_OUT)
    os.utime(file, (1, 1))
    number = file.stat().st_ino
    done = execgate("policy", "fmt", "a.policy")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert (file.stat().st_mtime, file.stat().st_ino) == (1, number)


def test_the_mode_stays_and_a_link_stays_a_link(execgate, folder):
    (folder / "real").mkdir()
    real = folder / "real" / "a.policy"
    real.write_text(LOOSE)
    real.chmod(0o640)
    (folder / "link.policy").symlink_to("real/a.policy")
    assert execgate("policy", "fmt", "link.policy").status == 0
    assert (folder / "link.policy").is_symlink()
    assert real.read_text() == LAID_OUT
    assert real.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (folder / "real").iterdir()] == ["a.policy"]


def test_check_names_what_would_change_and_writes_nothing(execgate, folder):
    (folder / "policies").mkdir()
    (folder / "policies" / "b.policy").write_text(LOOSE)
    (folder / "policies" / "a.policy").write_text(LAID_OUT)
    (folder / "policies" / ".hidden.policy").write_text("?")
    (folder / "policies" / "notes.txt").write_text("?")
    done = execgate("policy", "fmt", "--check")
    assert (done.status, done.out) == (1, "would change: policies/b.policy\n")
    assert done.err == "execgate: 1 file would change, 1 would not\n"
    assert (folder / "policies" / "b.policy").read_text() == LOOSE
    assert execgate("policy", "fmt", "policies/a.policy", "--check").status == 0


def test_diff_prints_what_would_change_and_writes_nothing(execgate, folder):
    (folder / "a.policy").write_text(LOOSE)
    done = execgate("policy", "fmt", "a.policy", "--diff", "--check")
    assert done.status == 1
    assert done.out.startswith(
        '--- a.policy\n+++ a.policy (laid out)\n@@ -1,5 +1,5 @@\n-agent "a" { // the first\n'
    )
    assert "-}\n\\ no line break at the end\n" in done.out
    assert (folder / "a.policy").read_text() == LOOSE


def test_standard_input_is_laid_out_to_standard_output(execgate):
    done = execgate("policy", "fmt", "-", stdin=LOOSE.encode())
    assert (done.status, done.out, done.err) == (0, LAID_OUT, "")
    done = execgate("policy", "fmt", "-", "--check", stdin=LOOSE.encode())
    assert (done.status, done.out) == (1, "would change: -\n")
    assert execgate("policy", "fmt", "-", "-").status == 2


def test_line_ends_of_windows_stay_and_a_byte_order_mark_goes(execgate, folder):
    file = folder / "a.policy"
    file.write_bytes(b"\xef\xbb\xbf" + LAID_OUT.replace("\n", "\r\n").encode())
    assert execgate("policy", "fmt", "a.policy").status == 0
    assert file.read_bytes() == LAID_OUT.replace("\n", "\r\n").encode()


def test_with_a_mistake_in_one_file_no_file_is_changed(execgate, folder):
    (folder / "a.policy").write_text(LOOSE)
    (folder / "b.policy").write_text('agent "b" {')
    (folder / "c.policy").write_bytes(b"\xff")
    done = execgate("policy", "fmt", "a.policy", "b.policy", "c.policy", "gone.policy")
    assert (done.status, done.out) == (2, "")
    for part in ("the text ends too early", "not UTF-8", "gone.policy: "):
        assert part in done.err
    assert (folder / "a.policy").read_text() == LOOSE


def test_what_names_mean_is_not_asked(execgate, folder):
    (folder / "a.policy").write_text('agent "a" { }\nagent "a" { can "fly" }\n')
    assert execgate("policy", "fmt", "a.policy").status == 0


@pytest.mark.parametrize("path", ["", "bare", "a\0b"])
def test_what_holds_no_policy_is_unusable(execgate, folder, path):
    (folder / "bare").mkdir()
    done = execgate("policy", "fmt", path)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("execgate: error: ")


def test_a_folder_that_can_not_be_read_is_unusable(execgate, folder, monkeypatch):
    (folder / "shut").mkdir()

    def refuse(self):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    done = execgate("policy", "fmt", "shut")
    assert (done.status, done.err) == (2, "execgate: error: shut: permission denied\n")


@pytest.mark.parametrize("step", ["tempfile.mkstemp", "os.fsync", "os.access"])
def test_where_writing_fails_the_file_is_as_it_was(execgate, folder, monkeypatch, step):
    def fail(*_, **__):
        if step == "os.access":
            return False
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (folder / "a.policy").write_text(LOOSE)
    monkeypatch.setattr(step, fail)
    done = execgate("policy", "fmt", "a.policy")
    assert (done.status, done.out) == (2, "")
    assert "a.policy: can't be written: " in done.err
    assert (folder / "a.policy").read_text() == LOOSE
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == ["a.policy", "team.policy"]


def test_an_interrupt_leaves_no_half_a_file(folder, monkeypatch):
    from execgate.cli.replace import replace

    (folder / "a.policy").write_text(LOOSE)

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace(folder / "a.policy", b"new")
    assert (folder / "a.policy").read_text() == LOOSE
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == ["a.policy", "team.policy"]
