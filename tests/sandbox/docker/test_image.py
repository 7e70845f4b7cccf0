"""The image: by every way that works here, found again, and made once."""

import io
import secrets
import subprocess
import sys
import tarfile
import threading

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.sandbox import DockerSandbox, diagnose, ensure_image
from execgate.sandbox import image as images
from execgate.sandbox.engine import connect
from execgate.sandbox.image import (
    WAYS,
    Recipe,
    build_image,
    dockerfile,
    find_image,
    list_images,
    prune_images,
)
from execgate.sandbox.image.archive import EPOCH, repack
from execgate.sandbox.image.debian import closure, parse_depends
from execgate.sandbox.image.root import ensure_root
from execgate.sandbox.image.ways import FOLDERS, _loaded
from execgate.sandbox.stock import NOTHING

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
    """Let images be made and found under a digest that nobody else has, and remove them afterwards."""
    real = Recipe.load()
    digest = secrets.token_hex(32)
    changed = Recipe(**{**{name: getattr(real, name) for name in Recipe.__slots__}, "digest": digest})
    monkeypatch.setattr(Recipe, "load", lambda: changed)
    yield changed
    client = connect()
    for image in client.images(filters={"label": f"execgate.recipe={changed.digest}"}):
        client.remove_image(image["Id"], force=True)
    client.close()


PROGRAM = """
import asyncio, ssl, sqlite3, subprocess, lzma, bz2, ctypes, decimal, glob
print(subprocess.run("echo $((6 * 7)) | cat; ls /opt", shell=True, capture_output=True, text=True).stdout)
asyncio.run(asyncio.sleep(0))
print([m.__cached__.endswith(".pyc") and __import__("os").path.exists(m.__cached__) for m in (asyncio, decimal)])
print(glob.glob("/usr/**/*tkinter*", recursive=True), glob.glob("/usr/**/libX11*", recursive=True))
"""


@pytest.mark.engine
@pytest.mark.parametrize("way", ["packages", "interpreter"])
def test_a_way_makes_an_image_that_runs_ordinary_programs(client, recipe_of_its_own, authorize, way):
    said = []
    image = ensure_image(client, ways=tuple(one for one in WAYS if one.name == way), on_progress=said.append)
    assert (image.way, image.passed_over) == (way, ())
    assert image.size_bytes < 100_000_000
    assert said[-1] == f"sandbox image: base is ready, {image.size_bytes / 1e6:.0f} MB, Python {image.python}"
    sandbox = DockerSandbox(ahead=NOTHING)
    result = sandbox.run(authorize(PROGRAM))
    sandbox.close()
    assert (result.stdout, result.stderr) == ("42\nexecgate\n\n[True, True]\n[] []\n", "")
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
    named = f"execgate-test-base:{recipe_of_its_own.digest[:12]}"
    client.tag(loaded.id, *named.split(":"))
    monkeypatch.setattr(
        Recipe, "load", lambda: type(recipe_of_its_own)(**{
            **{name: getattr(recipe_of_its_own, name) for name in Recipe.__slots__}, "base": named,
        })
    )  # fmt: skip
    image = ensure_image(client, ways=WAYS, fresh=True)
    client.remove_image(named)
    assert image.way == "registry"


@pytest.mark.engine
def test_a_way_that_fails_is_passed_over_with_its_reason(client, recipe_of_its_own, monkeypatch, tmp_path):
    path = tmp_path / "broken.tar"
    path.write_bytes(b"no tar")
    monkeypatch.setenv("EXECGATE_IMAGE_TAR", str(path))
    image = ensure_image(client, ways=tuple(way for way in WAYS if way.name in ("tar", "interpreter")))
    assert image.way == "interpreter"
    assert len(image.passed_over) == 1
    assert image.passed_over[0].startswith("tar: ")
    (told,) = [check for check in diagnose() if check.name == "image"]
    assert told.ok
    assert told.detail.endswith("from interpreter (passed over: tar)")


@pytest.mark.engine
@pytest.mark.parametrize("content", [b"", bytes(10_240)], ids=["empty", "blank"])
def test_a_tar_without_an_image_is_told(client, recipe_of_its_own, monkeypatch, tmp_path, content):
    path = tmp_path / "broken.tar"
    path.write_bytes(content)
    monkeypatch.setenv("EXECGATE_IMAGE_TAR", str(path))
    with pytest.raises(SandboxUnavailableError) as caught:
        ensure_image(client, ways=tuple(way for way in WAYS if way.name == "tar"))
    assert caught.value.help.startswith("tar: ")


@pytest.mark.engine
def test_without_any_way_the_error_says_why_each_failed(client, recipe_of_its_own, monkeypatch):
    monkeypatch.setenv("EXECGATE_IMAGE_TAR", "/nonexistent.tar")
    with pytest.raises(SandboxUnavailableError) as caught:
        ensure_image(client, ways=tuple(way for way in WAYS if way.name == "tar"))
    assert caught.value.message == "no sandbox image, and no way to make one works here"
    assert caught.value.help.startswith("tar: ")


@pytest.mark.engine
def test_a_host_without_room_to_build_in_is_told(client, recipe_of_its_own, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EXECGATE_CACHE", str(tmp_path / "file"))
    with pytest.raises(SandboxUnavailableError) as caught:
        ensure_image(client)
    assert caught.value.help == "name a folder that can be written to in EXECGATE_CACHE"


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
        "kernel", "engine", "seccomp", "limits", "image", "disk", "leftovers", "landlock", "filters", "bubblewrap",
    ]  # fmt: skip
    assert all(checks[name].ok for name in ("engine", "seccomp", "limits"))
    assert all(check.detail and check.detail.isprintable() for check in checks.values())
    assert all(check.fix for check in checks.values() if check.ok is False)


def test_the_room_is_imported_without_the_heavy_libraries():
    text = "import sys, execgate.sandbox\nprint([m for m in ('docker', 'psutil', 'requests') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.engine
@pytest.mark.parametrize("way", ["packages", "interpreter"])
def test_the_same_inputs_give_the_same_image_and_the_same_root(
    client, recipe_of_its_own, monkeypatch, tmp_path, way
):
    monkeypatch.setenv("EXECGATE_CACHE", str(tmp_path))
    ids = set()
    for _ in range(2):
        image = build_image(client, ways=tuple(one for one in WAYS if one.name == way))
        ids.add(image.id)
        client.remove_image(image.id, force=True)
    root = ensure_root(ways=tuple(one for one in FOLDERS if one.name == way))
    assert ids == {root.id}
    assert image.contents == root.facts.contents


@pytest.mark.engine
def test_an_image_of_a_dockerfile_is_finished_as_any_other_the_same_each_time(
    client, recipe_of_its_own, authorize, tmp_path
):
    base = ensure_image(client, ways=tuple(way for way in WAYS if way.name == "interpreter"))
    (tmp_path / "tables.py").write_text("ANSWER = 42\n")
    file = tmp_path / "Dockerfile"
    file.write_text(f"FROM {base.id}\nCOPY tables.py {base.site}/tables.py\nUSER 0\n")
    said = []
    images = [build_image(client, name="mine", dockerfile=file, on_progress=said.append) for _ in range(2)]
    assert images[0].id == images[1].id
    assert (images[0].name, images[0].way) == ("mine", "dockerfile")
    assert find_image(client, recipe_of_its_own, "mine") == ensure_image(client, name="mine")
    assert find_image(client, recipe_of_its_own).id == base.id
    assert "sandbox image: Step 2/3" in " ".join(said)
    assert images[0] in list_images(client)


@pytest.mark.engine
def test_what_was_built_from_an_image_is_never_taken_for_it_nor_removed_as_it(
    client, recipe_of_its_own, tmp_path
):
    base = ensure_image(client, ways=tuple(way for way in WAYS if way.name == "interpreter"))
    (tmp_path / "file").write_text("x")
    file = tmp_path / "Dockerfile"
    file.write_text(f'FROM {base.id}\nCOPY file /srv/file\nENTRYPOINT ["/bin/false"]\n')
    mine = build_image(client, name="mine", dockerfile=file)
    built = dockerfile.build(client, file, lambda _: None)
    assert client.inspect_image(built)["Config"]["Labels"]["execgate.name"] == "base"
    own = [image.id for image in list_images(client) if image.current]
    assert sorted(own) == sorted([base.id, mine.id])
    client.remove_image(f"execgate-sandbox:base-{recipe_of_its_own.digest[:12]}", force=True)
    assert find_image(client) is None
    assert client.inspect_image(built)["Id"].startswith(built)


@pytest.mark.engine
def test_an_image_that_others_named_stays(client, recipe_of_its_own, monkeypatch):
    base = ensure_image(client, ways=tuple(way for way in WAYS if way.name == "interpreter"))
    digest = recipe_of_its_own.digest[:12]
    client.tag(base.id, "execgate-test-named", digest)
    client.remove_image(f"execgate-sandbox:base-{digest}")
    monkeypatch.setattr(images, "list_images", lambda _client: [base])
    assert prune_images(client, everything=True) == (
        (),
        (f"{base.id}: it is called execgate-test-named:{digest}",),
    )
    client.remove_image(f"execgate-test-named:{digest}")


@pytest.mark.engine
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM scratch\nCOPY file /file\n", "executable file not found"),
        ("FROM scratch\nCOPY nothing /file\n", "nothing"),
        ("NONSENSE\n", "NONSENSE"),
        (None, "there is no Dockerfile"),
    ],
)
def test_a_dockerfile_that_gives_no_sandbox_says_why(client, recipe_of_its_own, tmp_path, text, why):
    (tmp_path / "file").write_text("x")
    if text is not None:
        (tmp_path / "Dockerfile").write_text(text)
    with pytest.raises(SandboxUnavailableError) as caught:
        build_image(client, name="mine", dockerfile=tmp_path / "Dockerfile")
    assert why.lower() in caught.value.message.lower()
    assert find_image(client, recipe_of_its_own, "mine") is None


@pytest.mark.engine
def test_an_image_that_nobody_made_is_told_with_the_command_that_makes_it(client, recipe_of_its_own):
    with pytest.raises(SandboxUnavailableError) as caught:
        ensure_image(client, name="mine")
    assert caught.value.help == "make it with `execgate sandbox build mine --dockerfile FILE`"
    with pytest.raises(SandboxUnavailableError, match="can't be the name of an image"):
        build_image(client, name="Mine/../x")


def test_a_layer_out_of_a_container_is_sorted_owned_by_root_and_of_one_time(tmp_path):
    def entry(name, kind=tarfile.REGTYPE, data=b"", **fields):
        one = tarfile.TarInfo(name)
        one.type, one.size = kind, len(data)
        for key, value in {"mode": 0o644, "uid": 5, "uname": "me", "mtime": 77, **fields}.items():
            setattr(one, key, value)
        return one, io.BytesIO(data)

    rows = [
        entry("opt/b/linked", tarfile.LNKTYPE, linkname="opt/z"),
        entry("opt/z", data=b"zz", mode=0o4755),
        entry("dev/null", tarfile.CHRTYPE),
        entry("etc/hosts", data=b"of the engine"),
        entry("link", tarfile.SYMTYPE, linkname="/etc/shadow"),
    ]
    ids = set()
    for order in (rows, [rows[1], rows[0], *rows[:1:-1]]):
        whole = io.BytesIO()
        with tarfile.open(fileobj=whole, mode="w") as tar:
            for one, data in order:
                data.seek(0)
                tar.addfile(one, data if one.isreg() else None)
        whole.seek(0)
        target = tmp_path / "layer.tar"
        ids.add(repack(whole, target, without=("dev",), fixed={"dev": None, "etc/hosts": "ours"}))
    assert len(ids) == 1
    with tarfile.open(target) as tar:
        found = {one.name: one for one in tar}
        assert list(found) == ["dev", "etc", "etc/hosts", "link", "opt", "opt/b", "opt/b/linked", "opt/z"]
        assert tar.extractfile("etc/hosts").read() == b"ours"
        assert tar.extractfile("opt/z").read() == b"zz"
    assert {(one.uid, one.uname, one.mtime) for one in found.values()} == {(0, "", EPOCH)}
    assert found["opt/b/linked"].mode == 0o644
    assert all(one.mode & 0o7022 == 0 for one in found.values() if not one.issym())
