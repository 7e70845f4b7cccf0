"""The root of an image as a folder: made without an engine, the same for the same inputs, whole or not there."""

import errno
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.sandbox import layers
from execgate.sandbox.contents import Package, decoded, digest, encoded
from execgate.sandbox.image import archive, cache, root
from execgate.sandbox.image.debian import package_of
from execgate.sandbox.image.wayfailed import WayFailedError
from execgate.sandbox.image.ways import FOLDERS, FolderWay


@pytest.fixture
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("EXECGATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def only():
    """Return the ways of these names."""

    def choose(*names):
        return tuple(way for way in FOLDERS if way.name in names)

    return choose


def test_a_root_is_made_without_an_engine_the_same_each_time_and_found_again(own_cache, only, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent")
    first = root.ensure_root(ways=only("interpreter"))
    second = root.ensure_root(ways=only("interpreter"), fresh=True)
    assert first == second == root.find_root("base")
    assert root.ensure_root().path == first.path
    assert first.path.parent.name == first.id.removeprefix("sha256:")
    kept = sorted(path.name for path in (own_cache / "rootfs").iterdir() if not path.is_symlink())
    assert kept == sorted([first.path.parent.name, "lock"])
    for folder, names, files in os.walk(first.path):
        for name in (*names, *files):
            path = Path(folder, name)
            info = path.lstat()
            assert info.st_mtime == archive.EPOCH
            assert info.st_mode & 0o022 == 0 or path.is_symlink()
            assert info.st_mode & 0o044 == 0o044
    compiled = [path.with_suffix(".py") for path in first.path.rglob("asyncio/*.py")]
    assert compiled
    assert all(list((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")) for path in compiled)


def test_a_link_to_the_host_is_not_written_through(own_cache, only, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (works,) = only("interpreter")

    def planted(recipe, scratch, on_progress):
        path, contents = works.make(recipe, scratch, on_progress)
        (path / "etc").mkdir(exist_ok=True)
        (path / "etc/passwd").symlink_to(outside)
        return path, contents

    made = root.ensure_root(ways=(FolderWay("planted", "", planted),))
    assert outside.read_text() == "mine"
    assert "agent" in (made.path / "etc/passwd").read_text()


def test_a_way_that_fails_is_passed_over_and_without_any_the_error_says_why(own_cache, only):
    def fails(*_):
        raise WayFailedError("there is no apt-get")

    failing = FolderWay("packages", "", fails)
    with pytest.raises(SandboxUnavailableError) as caught:
        root.ensure_root(ways=(failing,))
    assert caught.value.help == "packages: there is no apt-get"
    assert root.find_root("base") is None
    made = root.ensure_root(ways=(failing, *only("interpreter")))
    assert made.passed_over == ("packages: there is no apt-get",)


@pytest.mark.parametrize(("free", "is_the_reason"), [(20_000_000, True), (400_000_000, False)])
def test_too_little_room_is_told_where_nothing_could_be_made(own_cache, monkeypatch, free, is_the_reason):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(root.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(SandboxUnavailableError) as caught:
        root.ensure_root(ways=(FolderWay("full", "", full),))
    if is_the_reason:
        assert caught.value.message == (
            f"no sandbox root, and too little room to make one: 20 MB are free in {own_cache}"
        )
        assert caught.value.help == "free 300 MB there, or name another folder in EXECGATE_CACHE"
    else:
        assert caught.value.message == "no sandbox root, and no way to make one works here"
        assert "No space left on device" in caught.value.help


def test_an_unknown_name_is_told(own_cache):
    with pytest.raises(SandboxUnavailableError, match="no root file system `other`"):
        root.ensure_root("other")


def test_a_folder_that_can_not_be_kept_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EXECGATE_CACHE", str(tmp_path / "file"))
    with pytest.raises(SandboxUnavailableError, match="can't keep anything in"):
        cache.keep("things", "key", lambda _: None)


def test_a_maker_that_is_interrupted_leaves_nothing_and_the_next_one_makes_it(own_cache):
    def interrupted(folder):
        (folder / "half").write_text("")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.keep("things", "key", interrupted)
    assert [path.name for path in (own_cache / "things").iterdir()] == ["lock"]
    killed = (
        "import os, sys\nfrom execgate.sandbox.image import cache\n"
        "def make(folder):\n    (folder / 'half').write_text('')\n    os._exit(9)\n"
        "cache.keep('things', 'key', make)"
    )
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == 9
    assert len(list((own_cache / "things").iterdir())) == 2
    assert cache.kept("things", "key") is None
    made = cache.keep("things", "key", lambda folder: (folder / "whole").write_text("") and None)
    assert [path.name for path in made.iterdir()] == ["whole"]
    assert sorted(path.name for path in (own_cache / "things").iterdir()) == ["key", "lock"]


def test_makers_at_the_same_time_make_it_once(own_cache):
    made, waited = [], []
    started = threading.Event()

    def make(_folder):
        made.append(1)
        started.set()
        while not waited:
            pass

    def second():
        started.wait()
        cache.keep("things", "key", make, on_wait=lambda: waited.append(1))

    threads = [
        threading.Thread(target=cache.keep, args=("things", "key", make)),
        threading.Thread(target=second),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, waited) == ([1], [1])


def test_a_layer_is_packed_without_a_trace_of_who_packed_it(tmp_path):
    layers = []
    for order in (("a", "b"), ("b", "a")):
        folder = tmp_path / order[0]
        for name in order:
            (folder / name).mkdir(parents=True)
            (folder / name / "file").write_text(name)
        (folder / "a/file").chmod(0o6777)
        os.mkfifo(folder / "pipe")
        os.utime(folder / "b/file", (order == ("b", "a"), 1))
        target = tmp_path / f"{order[0]}.tar"
        layers.append(archive.pack(folder, target, below="opt/x"))
        data = target.read_bytes()
    assert layers[0] == layers[1] == archive.pack(folder, below="opt/x")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        rows = [(entry.name, oct(entry.mode), entry.uid, entry.uname, entry.mtime) for entry in tar]
    assert [row[0] for row in rows] == ["opt", "opt/x", "opt/x/a", "opt/x/b", "opt/x/a/file", "opt/x/b/file"]
    assert rows[4][1:] == ("0o755", 0, "", archive.EPOCH)


def test_the_id_of_an_image_follows_from_its_layers_and_labels():
    one = archive.config(["sha256:1"], entrypoint=["x"], labels={"b": "1", "a": "2"})
    same = archive.config(["sha256:1"], entrypoint=["x"], labels={"a": "2", "b": "1"})
    other = archive.config(["sha256:2"], entrypoint=["x"], labels={"a": "2", "b": "1"})
    assert archive.image_id(one) == archive.image_id(same) != archive.image_id(other)
    assert json.loads(one)["created"] == "1980-01-01T00:00:00Z"


def test_a_list_of_packages_is_read_as_it_was_written_and_nothing_else_is():
    packages = (Package("numpy", "1.2"), Package("libc6", "2.36-9", "debian"))
    assert decoded(encoded(packages)) == tuple(sorted(packages))
    assert digest(packages) == digest(reversed(packages)) != digest(packages[:1])
    assert decoded("no") == decoded("[[1]]") == decoded("3") == ()


def test_a_package_is_named_by_its_file():
    assert package_of("libgmp10_2%3a6.2.1+dfsg1-1.1_amd64.deb") == Package(
        "libgmp10", "2:6.2.1+dfsg1-1.1", "debian"
    )


@pytest.mark.parametrize(
    ("uid", "variables", "folder"),
    [
        (0, {"XDG_CACHE_HOME": "/root/.cache"}, "/var/cache/execgate"),
        (1000, {"XDG_CACHE_HOME": "/home/x/cache"}, "/home/x/cache/execgate"),
        (0, {"EXECGATE_CACHE": "/srv/cache"}, "/srv/cache"),
    ],
)
def test_roots_home_is_no_place_for_what_others_have_to_read(monkeypatch, uid, variables, folder):
    for name in ("EXECGATE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "getuid", lambda: uid)
    assert str(cache.cache_folder()) == folder


@pytest.mark.parametrize(("kind", "prune"), [("rootfs", root.prune_roots), ("layers", layers.prune_layers)])
def test_what_was_being_removed_as_its_remover_died_is_never_taken_for_a_whole_one(
    own_cache, monkeypatch, kind, prune
):
    def dies(path, **_):
        raise KeyboardInterrupt

    folder = own_cache / kind / ("a" * 64)
    folder.mkdir(parents=True)
    (folder / "file").write_text("")
    with monkeypatch.context() as patched:
        patched.setattr(cache.shutil, "rmtree", dies)
        with pytest.raises(KeyboardInterrupt):
            prune()
    assert cache.kept(kind, "a" * 64) is None
    with cache.making(kind) as draft:
        assert sorted(path.name for path in draft.parent.iterdir()) == sorted([draft.name, "lock"])
