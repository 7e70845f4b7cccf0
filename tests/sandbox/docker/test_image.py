"""The image: by every way that works here, found again, and made once."""

import subprocess
import sys
import threading

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.sandbox import DockerSandbox, diagnose, ensure_image
from execgate.sandbox.docker.engine import connect
from execgate.sandbox.image import WAYS, Recipe, find_image
from execgate.sandbox.image.debian import closure, parse_depends
from execgate.sandbox.image.ways import _loaded
from execgate.sandbox.pool import NOTHING

DEPENDS = """\
python3.11
  PreDepends: python3.11-minimal
 |Depends: mailcap
  Depends: mime-support
  Depends: <virtual>
    provider
  Depends: libc6
python3.11-minimal
  Depends: libc6
<virtual>
provider
libc6
"""


def test_dependencies_are_read_and_the_first_of_alternatives_is_taken():
    assert parse_depends(DEPENDS) == {
        "python3.11": ["python3.11-minimal", "mailcap", "libc6"],
        "python3.11-minimal": ["libc6"],
        "<virtual>": [],
        "provider": [],
        "libc6": [],
    }


def test_packages_are_followed_but_not_through_those_left_out():
    depends = {"a": ["b", "c"], "b": ["d"], "c": ["e", "a"], "e": []}
    assert closure(depends, ["a"], ["b"]) == ["a", "c", "e"]
    assert closure(depends, ["a"], []) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("lines", "image"),
    [
        ([{"stream": "Loaded image: a:b\n"}], "a:b"),
        ([{"stream": "Loaded image ID: sha256:12\n"}], "sha256:12"),
        (
            [{"status": "loading"}, {"stream": "Loaded image: a:1\n"}, {"stream": "Loaded image: a:2\n"}],
            "a:2",
        ),
        ([], ""),
    ],
)
def test_what_the_engine_loaded_is_read(lines, image):
    assert _loaded(lines) == image


def test_an_engine_that_can_not_load_says_so():
    with pytest.raises(OSError, match="no space"):
        _loaded([{"error": "no space"}])


def test_the_recipe_is_the_same_every_time_and_covers_the_guest():
    recipe = Recipe.load()
    assert recipe == Recipe.load()
    assert "def supervise" in recipe.code["execgate_guest/supervisor.py"]


def test_the_ways_stand_in_their_order():
    assert [way.name for way in WAYS] == ["registry", "tar", "packages", "interpreter"]


@pytest.fixture
def client():
    client = connect()
    yield client
    client.close()


@pytest.fixture
def recipe_of_its_own(monkeypatch):
    """Let images be made and found under another digest, and remove them afterwards."""
    real = Recipe.load()
    changed = Recipe(**{**{name: getattr(real, name) for name in Recipe.__slots__}, "digest": "f" * 64})
    monkeypatch.setattr(Recipe, "load", lambda: changed)
    yield changed
    client = connect()
    for image in client.images(filters={"label": f"execgate.recipe={changed.digest}"}):
        client.remove_image(image["Id"], force=True)
    client.close()


PROGRAM = """
import asyncio, ssl, sqlite3, subprocess, lzma, bz2, ctypes, decimal
print(subprocess.run("echo $((6 * 7)) | cat; ls /opt", shell=True, capture_output=True, text=True).stdout)
asyncio.run(asyncio.sleep(0))
print([m.__cached__.endswith(".pyc") and __import__("os").path.exists(m.__cached__) for m in (asyncio, decimal)])
"""


@pytest.mark.engine
@pytest.mark.parametrize("way", ["packages", "interpreter"])
def test_a_way_makes_an_image_that_runs_ordinary_programs(client, recipe_of_its_own, authorize, way):
    said = []
    image = ensure_image(client, ways=tuple(one for one in WAYS if one.name == way), on_progress=said.append)
    assert (image.way, image.passed_over) == (way, ())
    assert image.size_bytes < 100_000_000
    assert said[-1] == f"sandbox image: ready, {image.size_bytes / 1e6:.0f} MB, Python {image.python}"
    sandbox = DockerSandbox(ahead=NOTHING)
    result = sandbox.run(authorize(PROGRAM))
    sandbox.close()
    assert (result.stdout, result.stderr) == ("42\nexecgate\n\n[True, True]\n", "")
    assert result.image == image.id
    assert find_image(client) == image


@pytest.mark.engine
def test_a_tar_is_loaded_and_a_base_that_is_there_is_used(
    client, recipe_of_its_own, authorize, monkeypatch, tmp_path
):
    base = ensure_image(client, ways=tuple(way for way in WAYS if way.name == "interpreter"))
    path = tmp_path / "image.tar"
    with path.open("wb") as file:
        for piece in client.get_image(base.id):
            file.write(piece)
    monkeypatch.setenv("EXECGATE_IMAGE_TAR", str(path))
    loaded = ensure_image(client, ways=tuple(way for way in WAYS if way.name == "tar"), fresh=True)
    assert loaded.way == "tar"
    client.tag(loaded.id, "execgate-test-base", "1")
    monkeypatch.setattr(
        Recipe, "load", lambda: type(recipe_of_its_own)(**{
            **{name: getattr(recipe_of_its_own, name) for name in Recipe.__slots__}, "base": "execgate-test-base:1",
        })
    )  # fmt: skip
    image = ensure_image(client, ways=WAYS, fresh=True)
    client.remove_image("execgate-test-base:1")
    assert image.way == "registry"


@pytest.mark.engine
@pytest.mark.parametrize("content", [b"", b"no tar", bytes(10_240)])
def test_a_way_that_fails_is_passed_over_with_its_reason(
    client, recipe_of_its_own, monkeypatch, tmp_path, content
):
    path = tmp_path / "broken.tar"
    path.write_bytes(content)
    monkeypatch.setenv("EXECGATE_IMAGE_TAR", str(path))
    image = ensure_image(client, ways=tuple(way for way in WAYS if way.name in ("tar", "interpreter")))
    assert image.way == "interpreter"
    assert len(image.passed_over) == 1
    assert image.passed_over[0].startswith("tar: ")
    (told,) = [check for check in diagnose() if check.name == "image"]
    assert told.ok
    assert told.detail.endswith("from interpreter (passed over: tar)")


@pytest.mark.engine
def test_without_any_way_the_error_says_why_each_failed(client, recipe_of_its_own, monkeypatch):
    monkeypatch.setenv("EXECGATE_IMAGE_TAR", "/nonexistent.tar")
    with pytest.raises(SandboxUnavailableError) as caught:
        ensure_image(client, ways=tuple(way for way in WAYS if way.name == "tar"))
    assert caught.value.message == "no sandbox image, and no way to make one works here"
    assert caught.value.help.startswith("tar: ")


@pytest.mark.engine
def test_a_host_without_room_to_build_in_is_told(client, recipe_of_its_own, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    with pytest.raises(SandboxUnavailableError) as caught:
        ensure_image(client, ways=tuple(way for way in WAYS if way.name == "interpreter"))
    assert caught.value.help.startswith("interpreter: [Errno 2]")


@pytest.mark.engine
def test_makers_at_the_same_time_make_one_image(client, recipe_of_its_own):
    ways = tuple(way for way in WAYS if way.name == "interpreter")
    images = []

    def make():
        images.append(ensure_image(ways=ways))

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(images) == 3
    assert len({image.id for image in images}) == 1


@pytest.mark.engine
def test_the_doctor_tells_what_there_is():
    checks = {check.name: check for check in diagnose()}
    assert list(checks) == [
        "kernel", "engine", "seccomp", "limits", "image", "disk", "leftovers", "landlock", "bubblewrap", "gvisor",
    ]  # fmt: skip
    assert all(checks[name].ok for name in ("engine", "seccomp", "limits"))
    assert all(check.detail and check.detail.isprintable() for check in checks.values())
    assert all(check.fix for check in checks.values() if check.ok is False)


def test_the_room_is_imported_without_the_heavy_libraries():
    text = "import sys, execgate.sandbox\nprint([m for m in ('docker', 'psutil', 'requests') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
