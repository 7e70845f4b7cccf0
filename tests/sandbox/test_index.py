"""Wheels come from one place, for the Python of the image."""

import hashlib
import os
import zipfile

import pytest

from execgate.sandbox.packages.index import PYPI, Index, PackageError, Target, resolve
from execgate.sandbox.packages.requirement import Requirement
from execgate.sandbox.packages.settings import names_index_beside


def wheel(folder, name, *requires):
    info = f"{name}-1.0.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def test_one_place_and_never_another(monkeypatch, tmp_path):
    assert Index.configured() == Index(PYPI)
    assert Index.configured().arguments() == ["--index-url", PYPI]
    assert Index.configured(wheels=tmp_path).arguments() == ["--no-index", "--find-links", str(tmp_path)]
    assert Index().arguments() == ["--no-index"]
    monkeypatch.setenv("EXECGATE_INDEX_URL", "https://mirror.example/simple")
    assert Index.configured() == Index("https://mirror.example/simple")


def test_what_pip_is_set_up_for_is_not_asked(monkeypatch, tmp_path):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
    wheel(elsewhere, "secret")
    config = tmp_path / "pip.conf"
    config.write_text(f"[global]\nfind-links = {elsewhere}\nextra-index-url = {elsewhere.as_uri()}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, str(elsewhere))
    target = Target("3.12.1", "glibc 2.36")
    with pytest.raises(PackageError, match="secret"):
        resolve([Requirement("secret")], Index(wheels=here), target, ())
    wheel(here, "secret")
    (found,) = resolve([Requirement("secret")], Index(wheels=here), target, ())
    assert found.sha256 == hashlib.sha256((here / "secret-1.0-py3-none-any.whl").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("python", "needed"), [("3.9.2", "older"), ("3.11.9", "older"), ("3.12.0", "newer"), ("3.13", "newer")]
)
def test_what_a_package_needs_is_asked_for_the_python_of_the_image(tmp_path, python, needed):
    wheel(
        tmp_path,
        "top",
        'older; python_version < "3.12"',
        'newer; python_full_version >= "3.12.0"',
        'windows; sys_platform == "win32"',
    )
    for name in ("older", "newer", "windows"):
        wheel(tmp_path, name)
    found = resolve([Requirement("top")], Index(wheels=tmp_path), Target(python, "glibc 2.36"), ())
    assert [one.package.name for one in found] == [needed, "top"]


def test_who_misses_the_index_that_pip_is_set_up_for_is_told_where_to_name_it(monkeypatch, tmp_path):
    config = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("execgate.sandbox.packages.settings._SYSTEM", tmp_path / "none")
    for said, other in (
        ("", False),
        ("[global]\ncert = /c.pem\n", False),
        (f"[global]\nindex-url = {PYPI}/\n", False),
        ("[global]\nindex-url = https://mirror.example/simple\n", True),
        (f"[install]\nextra-index-url =\n  {PYPI}\n  https://mirror.example/simple\n", True),
        ("no settings at all", False),
    ):
        config.write_text(said)
        assert names_index_beside(PYPI) is other
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert not names_index_beside(PYPI)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    assert names_index_beside(PYPI)

    nothing = tmp_path / "nothing"
    nothing.mkdir()
    monkeypatch.setattr("execgate.sandbox.packages.index.PYPI", nothing.as_uri())
    target = Target("3.12.1", "glibc 2.36")
    for index, told, hint in (
        (Index(nothing.as_uri()), "(looked for in PyPI alone)", True),
        (Index(wheels=nothing), "(looked for in the folder of wheels alone)", False),
        (Index(f"{nothing.as_uri()}/"), "(looked for in the gate's index alone)", False),
    ):
        with pytest.raises(PackageError) as caught:
            resolve([Requirement("secret")], index, target, ())
        assert caught.value.message.endswith(told)
        assert (caught.value.help or "").endswith("EXECGATE_INDEX_URL") is hint
        assert str(nothing) not in caught.value.line
        assert "mirror" not in caught.value.line
        assert caught.value.line.count("EXECGATE_INDEX_URL") == hint
