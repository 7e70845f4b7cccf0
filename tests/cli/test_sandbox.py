"""`execgate sandbox build|list|prune`, without an engine."""

import json
import os

import pytest

from execgate.cli.app import main


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No engine, and a cache of our own."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    monkeypatch.setenv("EXECGATE_CACHE", str(tmp_path / "cache"))
    for name in ("EXECGATE_SANDBOX", "EXECGATE_WHEELS", "EXECGATE_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def only_the_interpreter(monkeypatch):
    from execgate.sandbox.image import root
    from execgate.sandbox.image.ways import FOLDERS

    real = root.ensure_root
    ways = tuple(way for way in FOLDERS if way.name == "interpreter")
    monkeypatch.setattr(root, "ensure_root", lambda *given, **named: real(*given, ways=ways, **named))


def test_an_image_is_made_listed_with_its_packages_and_pruned(alone, only_the_interpreter, capsys):
    assert main(["sandbox", "build"]) == 0
    made = capsys.readouterr()
    assert made.out.startswith("ok: base sha256:")
    assert "execgate: sandbox root: copying this Python" in made.err
    image = made.out.split()[-1]

    assert main(["sandbox", "list", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["images"]
    assert (row["name"], row["id"], row["where"], row["way"], row["current"]) == (
        "base", image, "bubblewrap", "interpreter", True,
    )  # fmt: skip
    assert row["contents"].startswith("sha256:")
    assert {"name": "python", "version": row["python"], "kind": "system"} in row["packages"]

    assert main(["sandbox", "list", "base", "--packages"]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0].startswith(f"base  {image[7:19]}  bubblewrap, from interpreter, Python ")
    assert f"    system  python {row['python']}" in shown.out
    assert "no engine was asked" in shown.err
    assert main(["sandbox", "list", "other"]) == 0
    assert capsys.readouterr().out == ""

    assert main(["sandbox", "prune"]) == 4
    assert capsys.readouterr().out == ""
    assert os.path.isdir(row["path"])  # noqa: PTH112
    assert main(["sandbox", "prune", "--all", "--format", "json"]) == 4
    assert json.loads(capsys.readouterr().out)["removed"]["roots"] == [image]
    assert not os.path.exists(row["path"])  # noqa: PTH110


@pytest.mark.parametrize(
    ("arguments", "message", "help_"),
    [
        (["geo"], "unknown image `geo`", "--dockerfile makes any other"),
        (["base", "--dockerfile", "x"], "`base` is not made from a Dockerfile", "a name of its own"),
        (["base", "--wheels", "x"], "--wheels and --index are for data-science", "installs what it needs"),
        (["data-science", "--wheels", "/nonexistent"], "there is no folder `/nonexistent`", ""),
        (["data-science", "--index", "nonsense"], "`nonsense` is no address of an index", "as in https://"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_fix(capsys, arguments, message, help_):
    assert main(["sandbox", "build", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert help_ in said.err


def test_without_an_engine_a_dockerfile_and_the_list_say_what_is_missing(alone, capsys):
    (alone / "Dockerfile").write_text("FROM scratch\n")
    assert main(["sandbox", "build", "geo", "--dockerfile", str(alone / "Dockerfile")]) == 4
    assert "there is no engine at" in capsys.readouterr().err
    assert main(["sandbox", "list"]) == 4
    assert "there is no engine at" in capsys.readouterr().err


def test_a_folder_without_the_libraries_makes_no_image_and_says_why(alone, only_the_interpreter, capsys):
    (alone / "wheels").mkdir()
    assert main(["sandbox", "build", "data-science", "--wheels", str(alone / "wheels")]) == 4
    said = capsys.readouterr().err
    assert "can't make the root file system `data-science`: Could not find a version" in said
    assert "help: name an index with --index, or a folder of wheels with --wheels" in said


def test_a_sandbox_that_there_is_not_is_unusable_input(alone, monkeypatch, capsys):
    monkeypatch.setenv("EXECGATE_SANDBOX", "podman")
    assert main(["sandbox", "build"]) == 2
    assert capsys.readouterr().err == (
        "execgate: error: unknown sandbox `podman` in EXECGATE_SANDBOX\nhelp: use one of: auto, docker, bubblewrap\n"
    )
