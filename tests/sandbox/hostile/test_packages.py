"""Packages that want more than to be imported, and programs that want more than what was fetched for them."""

import base64
import contextlib
import errno
import hashlib
import os
import stat
import sys
import zipfile
from dataclasses import replace

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import OPEN
from execgate.model.limits import Limits
from execgate.model.operation import PackageInstall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Authorization, Clause, Ruling, Verdict
from execgate.sandbox import layers
from execgate.sandbox.packages.wheel import Bounds, WheelError, unpack

AT = Span(1, 0, 1, 0)
INFO = "good-1.0.dist-info"

pytestmark = pytest.mark.engine


def wheel(
    folder,
    name="good",
    version="1.0",
    files=None,
    *,
    requires=(),
    file=None,
    extra=(),
    record=None,
    metadata=None,
):
    """Write a wheel and return its path.

    `files` are texts or bytes by name; `extra` are entries (ZipInfo, bytes) that no RECORD has; `record` and
    `metadata` replace what is made.
    """
    files = {f"{name}.py": "ANSWER = 42\n"} if files is None else files
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    whole = {
        **files,
        f"{info}/METADATA": metadata or f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    whole = {path: text.encode() if isinstance(text, str) else text for path, text in whole.items()}
    lines = [f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in whole.items()]
    whole[f"{info}/RECORD"] = (record or "".join([*lines, f"{info}/RECORD,,\n"])).encode()
    path = folder / (file or f"{name}-{version}-py3-none-any.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in whole.items():
            archive.writestr(entry, data)
        for entry, data in extra:
            archive.writestr(entry, data)
    return path


def _digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def entry(name, mode=0o100644):
    """Return an entry of an archive whose name nobody looks at."""
    one = zipfile.ZipInfo("x")
    one.filename = name
    one.external_attr = mode << 16
    return one


def bomb(folder, megabytes, *, lie=False):
    """Write a wheel whose one file is nothing but zeros, and may say that it is small."""
    data = bytes(megabytes << 20)
    path = wheel(folder, "bomb", files={"bomb.py": data})
    if lie:
        text = path.read_bytes()
        size = len(data).to_bytes(4, "little")
        path.write_bytes(text.replace(size, (100).to_bytes(4, "little")))
    return path


def told(path, target, bounds=None):
    with pytest.raises(WheelError) as caught:
        unpack(path, target) if bounds is None else unpack(path, target, bounds)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "layer" / "files"
    folder.mkdir(parents=True)
    yield folder
    assert [path.name for path in folder.parent.iterdir()] == ["files"]
    assert not any(path.is_symlink() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "good/../../evil.py",
        "/etc/evil",
        "..\\evil.py",
        "C:\\evil.py",
        "good/\x00evil",
        "a//b",
        "./x",
        "x\u202ey.py",
    ],
)
def test_a_name_that_leads_out_of_the_layer_refuses_the_wheel(tmp_path, target, name):
    path = wheel(tmp_path, extra=[(entry(name), b"x")])
    assert "good-1.0-py3-none-any.whl: " in told(path, target)
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_refuse_the_wheel(tmp_path, target, kind):
    path = wheel(tmp_path, extra=[(entry("good/link", kind | 0o777), b"/etc/passwd")])
    assert "neither a file nor a folder" in told(path, target)


@pytest.mark.parametrize(
    "name",
    [
        "sitecustomize.py",
        "usercustomize/__init__.py",
        "SiteCustomize.PY",
        "execgate_guard.py",
        "sitecustomize.abi3.so",
    ],
)
def test_what_every_python_imports_as_it_starts_refuses_the_wheel(tmp_path, target, name):
    assert "as it starts" in told(wheel(tmp_path, files={name: "boom"}), target)
    hidden = wheel(tmp_path, files={f"good-1.0.data/purelib/{name}": "boom"})
    assert "as it starts" in told(hidden, target)


def test_what_starts_by_itself_and_what_is_run_by_name_is_left_out(tmp_path, target):
    left_out = {
        "good.pth": "import os; os.system('boom')\n",
        "good-1.0.data/scripts/ls": "#!/bin/sh\nboom\n",
        "good-1.0.data/data/etc/passwd": "boom",
        "good-1.0.data/headers/good.h": "boom",
        "good-1.0.data/purelib/more.pth": "import boom\n",
        "good/__pycache__/mod.cpython-311.pyc": b"boom",
        "old.pyc": b"boom",
    }
    path = wheel(
        tmp_path, files={"good/__init__.py": "", "good-1.0.data/platlib/good/more.py": "", **left_out}
    )
    done = unpack(path, target)
    assert sorted(done.left_out) == sorted(left_out)
    found = sorted(str(one.relative_to(target)) for one in target.rglob("*") if one.is_file())
    assert found == sorted([f"{INFO}/METADATA", f"{INFO}/WHEEL", "good/__init__.py", "good/more.py"])


def test_a_wheel_that_passes_for_another_package_is_refused(tmp_path, target):
    for lie in (
        {"file": "requests-1.0-py3-none-any.whl"},
        {"file": "good-2.0-py3-none-any.whl"},
        {"metadata": "Metadata-Version: 2.1\nName: requests\nVersion: 1.0\n"},
        {"metadata": "Metadata-Version: 2.1\nName: good\nName: requests\nVersion: 1.0\n"},
        {"metadata": "Metadata-Version: 2.1\nName: good\nVersion: 9\n"},
        {"files": {"requests-1.0.dist-info/METADATA": "Name: requests"}},
        {"files": {"good-1.0.data/purelib/requests-1.0.dist-info/METADATA": "Name: requests"}},
        {"files": {"requests-1.0.data/purelib/x.py": ""}},
        {"file": "no wheel at all.whl"},
    ):
        assert told(wheel(tmp_path, **lie), target)


def test_a_file_that_is_not_what_its_record_says_refuses_the_wheel(tmp_path, target):
    unrecorded = wheel(tmp_path, extra=[(entry("good/more.py"), b"boom")])
    assert "is not in its RECORD" in told(unrecorded, target)
    lines = "good.py,sha256=AAAA,1\n" + "".join(
        f"{INFO}/{name},sha256=AAAA,1\n" for name in ("METADATA", "WHEEL")
    )
    assert "is not what its RECORD says" in told(wheel(tmp_path, record=lines), target / "second")
    assert "is not in its RECORD" in told(wheel(tmp_path, record="good.py,md5=AAAA,1\n"), target / "third")


def test_a_bomb_is_refused_before_it_has_gone_off(tmp_path, target):
    assert "it unpacks to" in told(bomb(tmp_path, 64), target)
    assert sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) == 0
    told(bomb(tmp_path, 64, lie=True), target)
    assert sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) < 20_000_000
    many = wheel(tmp_path, files={f"good/m{number}.py": "" for number in range(200)})
    assert "more than 100 files" in told(many, target, Bounds(files=100))


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"no archive", bytes(1000)])
def test_what_is_no_archive_is_told(tmp_path, target, data):
    path = tmp_path / "good-1.0-py3-none-any.whl"
    path.write_bytes(data)
    assert told(path, target)


def test_names_that_are_one_on_some_machines_refuse_the_wheel(tmp_path, target):
    assert "twice" in told(wheel(tmp_path, files={"good/a.py": "1", "good/A.py": "2"}), target)
    assert "a file and a folder" in told(wheel(tmp_path, files={"good": "1", "good/a.py": "2"}), target)
    with pytest.warns(UserWarning, match="Duplicate"):
        path = wheel(tmp_path, extra=[(entry("x"), b"1"), (entry("x"), b"2")])
    assert "twice" in told(path, target)


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_is_packed_as_no_wheel_is_refused(tmp_path, target, kind):
    path = wheel(tmp_path)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    assert "packed in a way that wheels are not" in told(path, target)


def test_an_archive_that_is_broken_anywhere_is_a_refusal(tmp_path):
    whole = wheel(tmp_path).read_bytes()
    for place in range(len(whole)):
        path = tmp_path / f"{place}" / "good-1.0-py3-none-any.whl"
        path.parent.mkdir()
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with contextlib.suppress(WheelError):
            unpack(path, path.parent)


def test_what_describes_another_package_in_the_older_way_is_left_out(tmp_path, target):
    path = wheel(tmp_path, files={"good.py": "", "evil-1.0.egg-info/PKG-INFO": "Name: evil\nVersion: 1.0\n"})
    assert unpack(path, target).left_out == ("evil-1.0.egg-info/PKG-INFO",)
    assert not list(target.glob("evil*"))


def test_an_archive_that_is_encrypted_is_refused(tmp_path, target):
    path = wheel(tmp_path)
    data = bytearray(path.read_bytes())
    start = data.find(b"PK\x01\x02")
    data[start + 8] |= 1
    path.write_bytes(bytes(data))
    assert "encrypted" in told(path, target)


def test_a_package_does_not_replace_files_of_another(tmp_path, target):
    unpack(
        wheel(tmp_path, "requests", files={"requests/__init__.py": "good", "shared/__init__.py": ""}), target
    )
    evil = wheel(tmp_path, "evil", files={"requests/__init__.py": "evil"})
    assert "of another package is there already" in told(evil, target)
    assert (target / "requests/__init__.py").read_text() == "good"
    unpack(wheel(tmp_path, "friend", files={"shared/__init__.py": "", "friend.py": ""}), target)


def test_an_honest_wheel_is_unpacked(tmp_path, target):
    done = unpack(wheel(tmp_path), target)
    assert (done.package.name, done.package.version, done.left_out) == ("good", "1.0", ())
    assert (target / "good.py").read_text() == "ANSWER = 42\n"
    assert zipfile.is_zipfile(tmp_path / "good-1.0-py3-none-any.whl")


# In a cell.


@pytest.fixture
def shelf(monkeypatch, tmp_path):
    """Give the folder of wheels that packages come from."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("EXECGATE_WHEELS", str(folder))
    monkeypatch.delenv("EXECGATE_INDEX_URL", raising=False)
    return folder


@pytest.fixture
def install(sandbox):
    """Run a text for which packages are asked, and return its result."""

    def run(text, *packages, permitted=("*",), conversation=None, agent="tester"):
        source = Source(text, "job.py")
        operations = (PackageInstall(via="pip", location=AT, packages=packages),) if packages else ()
        clause = Clause("test.policy", AT, "allowed_packages")
        verdict = Verdict(
            source=source,
            agent=agent,
            program=Program(source, operations),
            rulings=tuple(Ruling(index, (clause,)) for index, _ in enumerate(operations)),
            limits=Limits(),
            confines=replace(OPEN, network=False),
            policy_digest="sha256:" + "0" * 64,
        )
        return sandbox.run(
            Authorization.of(verdict),
            conversation=conversation,
            permits=lambda asked: "*" in permitted or asked.packages[0] in permitted,
        )

    return run


PIP = """
import subprocess, sys
done = subprocess.run(["pip", "install", *sys.argv[1:], {names}], capture_output=True, text=True)
print(done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1])
"""


def test_a_permitted_package_is_there_and_pip_says_so(install, shelf):
    wheel(shelf)
    result = install(PIP.format(names="'good'") + "import good; print(good.ANSWER, good.__file__)", "good")
    assert result.stderr == ""
    assert result.stdout == "0 Successfully installed good-1.0\n42 /opt/execgate/packages/good.py\n"
    assert [line.split()[0] for line in result.packages] == ["good==1.0"]
    assert install("import good").exit_code == 1


def test_who_asks_for_a_newer_pip_keeps_the_one_that_is_there(install, shelf):
    wheel(shelf)
    wheel(shelf, "pip", "99.0")
    text = PIP.format(names="'-U', 'pip', 'good'") + "import good, pip; print(pip.__version__)"
    result = install(text, "pip", "good")
    assert result.stdout == "0 Successfully installed good-1.0\nexecgate\n"
    text = PIP.format(names="'--upgrade', 'pip'")
    assert install(text, "pip").stdout == "0 Requirement already satisfied: pip (execgate)\n"
    assert (
        "No matching distribution found for good" in install(PIP.format(names="'pip', 'good'"), "pip").stdout
    )


def test_a_machine_without_room_is_no_fault_of_the_package(install, shelf, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    wheel(shelf, files={"good.py": f"WITHOUT_ROOM = {os.getpid()}\n"})
    for step in ("resolve", "fetch"):
        with monkeypatch.context() as patched:
            patched.setattr(layers, step, full)
            with pytest.raises(SandboxUnavailableError) as caught:
                install("import good", "good")
        assert caught.value.message.endswith("that a program asks for: No space left on device")
        assert "EXECGATE_CACHE" in caught.value.help


def test_what_a_package_needs_has_to_be_permitted_too(install, shelf):
    wheel(shelf, requires=["helper>=1"])
    wheel(shelf, "helper")
    text = PIP.format(names="'good'") + "import good, helper"
    denied = install(text, "good", permitted=("good",))
    assert 'add "helper" to allowed_packages' in denied.stdout
    assert 'add "helper" to allowed_packages' in denied.detail
    assert denied.exit_code == 1
    assert denied.packages == ()
    assert install(text, "good", permitted=("good", "helper")).succeeded


def test_what_is_installed_stays_in_its_conversation_and_with_its_agent(install, shelf):
    wheel(shelf)
    assert install("import good", "good", conversation="one").succeeded
    assert install("import good", conversation="one").succeeded
    for other in ({"conversation": "two"}, {"conversation": "one", "agent": "other"}, {}):
        assert "No module named 'good'" in install("import good", **other).stderr


def test_a_layer_can_not_be_changed_from_inside(install, shelf):
    wheel(shelf)
    result = install(
        "import good, os\n"
        "for act in (lambda: open(good.__file__, 'a'), lambda: os.unlink(good.__file__), lambda: os.chmod(good.__file__, 0o777),\n"
        "            lambda: os.symlink('/etc/passwd', os.path.dirname(good.__file__) + '/x')):\n"
        "    try:\n        act(); print('changed')\n"
        "    except OSError as error:\n        print(type(error).__name__)\n",
        "good",
    )
    assert "changed" not in result.stdout
    assert result.stdout.count("\n") == 4
    assert install("import good; print(good.ANSWER)", "good").stdout == "42\n"


def test_a_hostile_wheel_fails_with_its_reason_and_the_next_program_runs(install, shelf):
    wheel(shelf, files={"sitecustomize.py": "print('boom')\n", "good.py": ""})
    result = install(PIP.format(names="'good'") + "sys.exit(3)", "good")
    assert "as it starts" in result.stdout
    assert "as it starts" in result.detail
    assert result.exit_code == 3
    assert install("print(1)").stdout == "1\n"


@pytest.mark.parametrize(
    "asked",
    ["git+https://evil.example/x", "./evil.whl", "/etc/passwd", "--index-url=https://evil.example", "-r/etc/passwd",
     "good @ file:///etc/passwd", "good; python_version>'3'", "e" * 5000],
)  # fmt: skip
def test_what_is_no_name_of_a_package_is_never_fetched(install, shelf, asked):
    wheel(shelf)
    result = install("import good", asked)
    assert result.exit_code == 1
    assert "only packages by name" in result.detail
    assert result.packages == ()


def test_source_is_never_built(install, shelf):
    (shelf / "good-1.0.tar.gz").write_bytes(b"")
    (shelf / "good-1.0").mkdir()
    (shelf / "good-1.0/setup.py").write_text("open('/tmp/execgate-was-built', 'w')")
    result = install("import good", "good")
    assert result.exit_code == 1
    assert "No matching distribution" in result.detail or "Could not find a version" in result.detail


def test_pip_inside_installs_nothing_that_was_not_fetched(install, shelf):
    wheel(shelf)
    wheel(shelf, "other")
    result = install(PIP.format(names="'good', 'other'") + "import good", "good")
    assert result.stdout.startswith("1 ERROR: No matching distribution found for other")
    assert result.succeeded


def test_nothing_of_a_package_runs_before_the_program_imports_it(install, shelf):
    boom = "import os\nos.write(1, b'boom')\n"
    wheel(
        shelf,
        files={
            "good.py": "",
            "good.pth": boom,
            "winreg.py": boom,
            "_pyrepl.py": boom,
            "msvcrt.py": boom,
            "nt.py": boom,
        },
    )
    result = install("print('first'); import good; print('second')", "good")
    assert result.stdout == "first\nsecond\n"


def test_a_package_can_not_stand_in_for_the_standard_library(install, shelf):
    wheel(shelf, files={"good.py": "", "json/__init__.py": "EVIL = 1", "subprocess.py": "EVIL = 1"})
    result = install(
        "import json, subprocess; print(hasattr(json, 'EVIL'), hasattr(subprocess, 'EVIL'))", "good"
    )
    assert result.stdout == "False False\n"
    assert sys.version_info >= (3, 10)
