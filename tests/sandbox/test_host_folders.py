"""Folders of the host inside: what can be mounted, what a program can do there, and where a link leads."""

from __future__ import annotations

import os
import socket
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from execgate import Gate
from execgate.calls import NotRunError
from execgate.errors import SandboxUnavailableError
from execgate.model.confines import Confines, HostFolder, Session
from execgate.model.limits import Limits
from execgate.sandbox import Reserved, host_folders
from execgate.sandbox.cell import Profile
from execgate.sandbox.docker import confinement
from execgate.sandbox.host_folders import HostFolders
from execgate.sandbox.reserved import Mounts


def fault(source: Path | str) -> str | None:
    try:
        HostFolders().check([HostFolder(str(source), "/data")])
    except SandboxUnavailableError as error:
        return error.message.removeprefix("can't mount a folder of the host: ")
    return None


@pytest.fixture
def tmp_path():
    """Return a folder that every user can reach, as a program has to: those of pytest are one user's own."""
    with tempfile.TemporaryDirectory(prefix="execgate-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "data"
    (data / "sub").mkdir(parents=True)
    (data / "a.csv").write_text("1,2\n")
    (data / "sub" / "b.csv").write_text("3,4\n")
    for each in (data, data / "sub"):
        each.chmod(0o755)
    return data


def test_a_folder_with_files_folders_and_links(folder) -> None:
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    assert fault(folder) is None
    assert fault(f"{folder}/sub") is None


@pytest.mark.parametrize("source", ["data", "/", "/tmp/../tmp", "/tmp/.", ""])
def test_what_is_no_plain_path(source) -> None:
    assert fault(source) == f"`{source}` is no absolute path of a folder"


def test_what_is_not_there_or_no_folder(folder) -> None:
    assert fault(folder / "none") == f"`{folder}/none` is not there"
    assert fault(folder / "a.csv") == f"`{folder}/a.csv` is no folder"
    assert fault(folder / "a.csv" / "x") == f"`{folder}/a.csv/x` is no folder"


def test_a_link_is_refused_at_each_step(folder, tmp_path) -> None:
    (tmp_path / "last").symlink_to(folder)
    (tmp_path / "step").symlink_to(tmp_path)
    assert fault(tmp_path / "last") == f"`{tmp_path}/last` has a link in it, `{tmp_path}/last`"
    assert fault(tmp_path / "step" / "data") == f"`{tmp_path}/step/data` has a link in it, `{tmp_path}/step`"


def test_sockets_and_fifos_are_refused_however_deep(folder, monkeypatch) -> None:
    os.mkfifo(folder / "sub" / "pipe")
    assert fault(folder).startswith(f"`{folder}` holds a FIFO")
    (folder / "sub" / "pipe").unlink()
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("sub/s")
        assert fault(folder) == (
            f"`{folder}` holds a socket, which a mount that is read-only does not close: `{folder}/sub/s`"
        )
    (folder / "sub" / "s").unlink()
    assert fault(folder) is None


def test_what_was_found_holds_for_a_while_and_links_never_do(folder, monkeypatch) -> None:
    known = HostFolders()
    known.check([HostFolder(str(folder), "/data")])
    os.mkfifo(folder / "pipe")
    known.check([HostFolder(str(folder), "/data")])
    monkeypatch.setattr(host_folders, "FRESH_S", -1.0)
    with pytest.raises(SandboxUnavailableError, match="a FIFO"):
        known.check([HostFolder(str(folder), "/data")])
    (folder / "pipe").unlink()
    monkeypatch.setattr(host_folders, "FRESH_S", 60.0)
    known.check([HostFolder(str(folder), "/data")])
    folder.rename(folder.with_name("moved"))
    folder.symlink_to(folder.with_name("moved"))
    with pytest.raises(SandboxUnavailableError, match="has a link in it"):
        known.check([HostFolder(str(folder), "/data")])


def test_a_folder_that_is_too_large_to_be_looked_through(folder, monkeypatch) -> None:
    monkeypatch.setattr(host_folders, "MOST_ENTRIES", 2)
    assert fault(folder) == f"`{folder}` holds more than 2 files"
    monkeypatch.setattr(host_folders, "MOST_ENTRIES", 3)
    assert fault(folder) is None


def test_the_mount_is_to_be_read_and_takes_no_mounts_below_with_it() -> None:
    profile = Profile("image", Limits(), host_folders=(HostFolder("/srv/data", "/data"),))
    assert confinement.host_config(profile, host_cpus=2)["mounts"] == [
        {
            "Type": "bind",
            "Source": "/srv/data",
            "Target": "/data",
            "ReadOnly": True,
            "BindOptions": {"Propagation": "rprivate", "NonRecursive": True},
        }
    ]
    assert "mounts" not in confinement.host_config(Profile("image", Limits()), host_cpus=2)


def test_what_is_reserved_is_in_no_folder_and_holds_none(tmp_path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "beside").mkdir()
    reserved = Reserved((tmp_path / "home",), (tmp_path / "policies",))
    receipts, policies = "receipts and their keys are kept there", "policies are loaded from there"
    # Also where it is not there yet.
    assert reserved.exposed_by(tmp_path) == receipts
    assert reserved.exposed_by(tmp_path / "home" / "keys") == receipts
    assert reserved.exposed_by(tmp_path / "policies") == policies
    assert reserved.exposed_by(tmp_path / "policies" / "old") == policies
    assert reserved.exposed_by(tmp_path / "beside") is None


MOUNTS = """\
22 1 254:0 / / rw - ext4 /dev/vda rw
30 22 254:0 /var/state /srv/data/below rw - ext4 /dev/vda rw
31 22 254:0 /var/state/keys /srv/alias rw - ext4 /dev/vda rw
32 22 254:0 /var /srv/around\\040it rw - ext4 /dev/vda rw
33 22 0:40 / /srv/other rw - tmpfs none rw
34 22 254:0 /home /srv/home rw - ext4 /dev/vda rw
"""


@pytest.mark.parametrize(
    ("folder", "exposes"),
    [
        ("/srv/data", True),
        ("/srv/data/beside", False),
        ("/srv/alias", True),
        ("/srv/alias/old", True),
        ("/srv/around it", True),
        ("/srv/around it/state", True),
        ("/srv/around it/log", False),
        ("/srv/other", False),
        ("/srv/home", False),
        ("/srv/plain", False),
        ("/srv", True),
    ],
)
def test_what_is_reserved_is_known_by_any_name_that_a_mount_gives_it(monkeypatch, folder, exposes) -> None:
    monkeypatch.setattr(Mounts, "now", lambda: Mounts.read(MOUNTS))
    monkeypatch.setattr(os.path, "realpath", str)  # nothing of it is on this machine
    reserved = Reserved((Path("/var/state"),))
    assert (reserved.exposed_by(Path(folder)) is not None) == exposes


def test_the_gate_mounts_nothing_that_is_reserved(tmp_path) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "a.policy").write_text(
        f'agent "a" {{ can "code_execution" with constraints {{ host_folders: ["{policies}:/data"] }} }}'
    )
    with (
        Gate.load(policies, home=tmp_path / "home", sandbox=Unused()) as gate,
        pytest.raises(NotRunError, match="policies are loaded from there") as caught,
    ):
        gate.execute("print(1)", agent="a")
    assert caught.value.execution.outcome is not None


class Unused:
    """A sandbox that nothing may run in."""

    name = "unused"

    def run(self, *_args, **_settings):
        raise AssertionError

    def close(self) -> None:
        """Hold nothing."""


def inside(folder: Path, **more) -> Confines:
    return Confines(reads=("/data",), host_folders=(HostFolder(str(folder), "/data/in"),), **more)


@pytest.mark.engine
class TestMounted:
    def test_files_are_read_and_nothing_is_written(self, run, folder) -> None:
        open_to_all = Confines(
            reads=None, writes=None, native=True, host_folders=(HostFolder(str(folder), "/data/in"),)
        )
        text = """
        import os, ctypes
        print(open("/data/in/a.csv").read(), open("/data/in/sub/b.csv").read())
        libc = ctypes.CDLL(None, use_errno=True)
        for act in (
            lambda: open("/data/in/a.csv", "a"),
            lambda: open("/data/in/new", "w"),
            lambda: os.mkdir("/data/in/sub/new"),
            lambda: os.unlink("/data/in/a.csv"),
            lambda: os.rename("/data/in/a.csv", "/data/in/z.csv"),
            lambda: os.symlink("/etc", "/data/in/etc"),
            lambda: os.chmod("/data/in/a.csv", 0o777),
            lambda: os.utime("/data/in/a.csv"),
            lambda: os.mkfifo("/data/in/pipe"),
            lambda: os.link("/data/in/a.csv", "/workspace/hard"),
        ):
            try:
                act()
            except OSError as error:
                print("refused")
            else:
                print("done!")
        print(libc.mount(None, b"/data/in", None, 32 | 4096, None), ctypes.get_errno() != 0)
        """
        for confines in (open_to_all, inside(folder, native=True)):
            result = run(text, confines=confines)
            assert result.exit_code == 0, result.stderr
            assert result.stdout.split() == ["1,2", "3,4", *["refused"] * 10, "-1", "True"]
        assert sorted(path.name for path in folder.rglob("*")) == ["a.csv", "b.csv", "sub"]
        assert (folder / "a.csv").read_text() == "1,2\n"

    def test_a_link_out_of_it_leads_nowhere(self, run, folder, tmp_path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("of the host")
        secret.chmod(0o644)
        (folder / "absolute").symlink_to(secret)
        (folder / "relative").symlink_to("../secret")
        (folder / "folder").symlink_to(tmp_path)
        (folder / "deep").symlink_to("../../../../../../.." + str(secret))
        (folder / "root").symlink_to("/proc/1/root" + str(secret))
        text = """
        import os
        for name in ("absolute", "relative", "folder/secret", "deep", "root", "../secret", "sub/../../../secret"):
            try:
                print(open("/data/in/" + name).read())
            except OSError as error:
                print(type(error).__name__)
        """
        wide = Confines(reads=None, writes=None, host_folders=inside(folder).host_folders)
        for confines in (wide, inside(folder)):
            result = run(text, confines=confines)
            assert result.exit_code == 0, result.stderr
            assert "of the host" not in result.stdout
            assert len(result.stdout.split()) == 7

    def test_sockets_and_fifos_that_come_later_are_closed(self, run, folder, tmp_path) -> None:
        before = inside(folder)
        wide = Confines(reads=None, writes=None, commands=True, host_folders=before.host_folders)
        for confines in (before, wide):
            assert run("print(1)", confines=confines).stdout == "1\n"
        os.mkfifo(folder / "pipe", 0o666)
        (folder / "pipe").chmod(0o666)
        own = socket.socket(socket.AF_UNIX)
        held = os.open(folder, os.O_RDONLY)
        with own:
            own.bind(f"/proc/self/fd/{held}/s")
            own.listen()
            (folder / "s").chmod(0o777)
            text = """
            import os, socket, asyncio
            try:
                os.open("/data/in/pipe", os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                print(error.errno)
            try:
                socket.socket(socket.AF_UNIX).connect("/data/in/s")
            except OSError as error:
                print(error.errno)
            print(asyncio.run(asyncio.sleep(0, "runs")))
            """
            reading = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
            for confines in (before, wide):
                result = run(text, confines=confines)
                assert result.stdout.split() == ["13", "1", "runs"], result.stderr
            assert os.read(reading, 10) == b""
            os.close(reading)
        os.close(held)

    def test_what_is_mounted_below_stays_outside(self, run, folder) -> None:
        # The program could write to a mount below, if it came along.
        result = run(
            'print(sum("/data/in" in line for line in open("/proc/self/mountinfo")))', confines=inside(folder)
        )
        assert result.stdout == "1\n"

    @pytest.mark.parametrize("target", ["/data", "/opt/data", "/var/data/x", "/srv/a/b", "/home/others/x"])
    def test_a_place_inside_is_made_where_there_is_none(self, sandbox, authorize, folder, target) -> None:
        confines = Confines(reads=None, writes=None, host_folders=(HostFolder(str(folder), target),))
        text = f"""
        import os
        print(open("{target}/a.csv").read(), len(os.listdir("/opt/execgate/execgate_guest")) > 5)
        for path in ("{target}/new", "/opt/new", "/var/new", "/srv/new", "/new"):
            try:
                os.mkdir(path)
            except OSError:
                continue
            print("made", path)
        """
        for session in (Session.NONE, Session.CLEAN):
            asked = authorize(text, confines=replace(confines, session=session))
            result = sandbox.run(asked, conversation=target)
            assert (result.stdout, result.stderr) == ("1,2\n True\n", "")
        sandbox.end_sessions()

    def test_a_folder_in_anothers_place_is_seen_by_the_next_run(self, sandbox, authorize, folder) -> None:
        reads = 'print(open("/data/in/a.csv").read(), end="")'
        single, kept = inside(folder), inside(folder, session=Session.FILES)
        ahead = type(sandbox)()
        try:
            assert ahead.warm(authorize(reads, confines=single)) == 1
            assert sandbox.run(authorize(reads, confines=kept), conversation="chat").stdout == "1,2\n"
            folder.rename(folder.with_name("old"))
            (folder / "sub").mkdir(parents=True)
            (folder / "a.csv").write_text("5,6\n")
            assert ahead.run(authorize(reads, confines=single)).stdout == "5,6\n"
            result = sandbox.run(authorize(reads, confines=kept), conversation="chat")
            assert result.stdout == "5,6\n"
            assert "the session began anew" in result.detail
        finally:
            sandbox.end_sessions()
            ahead.close()

    def test_a_folder_that_is_gone_or_no_folder_is_a_clear_refusal(self, run, folder) -> None:
        with pytest.raises(SandboxUnavailableError, match="is not there"):
            run("print(1)", confines=inside(folder / "gone"))
        with pytest.raises(SandboxUnavailableError, match="is no folder"):
            run("print(1)", confines=inside(folder / "a.csv"))

    def test_what_nobody_else_may_read_is_not_read_inside_either(self, run, folder) -> None:
        (folder / "a.csv").chmod(0o600)
        result = run('open("/data/in/a.csv")', confines=inside(folder))
        assert "PermissionError" in result.stderr
        assert result.exit_code == 1


def test_an_engine_elsewhere_mounts_nothing_of_here(authorize, folder, monkeypatch) -> None:
    from execgate.sandbox.docker.backend import DockerBackend

    backend = DockerBackend()
    monkeypatch.setattr(backend, "_ready", lambda: None)
    monkeypatch.setenv("DOCKER_HOST", "tcp://engine.example:2376")
    profile = Profile.of(authorize("print(1)", confines=inside(folder)), "image")
    with pytest.raises(SandboxUnavailableError, match="on another machine"):
        backend.start(profile)
