"""The distributions, built once, and fresh environments with each way of installing them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment that has execgate, and of the checkout nothing."""

    folder: Path

    def run(self, program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "bin" / program, *arguments],
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LC_ALL": "C.UTF-8"},
        )


def _build(target: str, checkout: Path, out: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", out],
        cwd=checkout,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (built,) = out.iterdir()
    return built


def _install(folder: Path, *what: str) -> Installed:
    """Install without an index; what execgate depends on is borrowed from the environment of the tests.

    A path in a .pth file adds that folder's packages, but not what its own .pth files name: an editable
    execgate there stays out of sight.
    """
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    (site,) = folder.glob("lib/python*/site-packages")
    borrowed = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (site / "borrowed.pth").write_text("".join(f"{path}\n" for path in borrowed))
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet"),
            *("--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed"),
            *what,
        ],
        check=True,
        timeout=120,
    )
    return Installed(folder)


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("sdist", CHECKOUT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def unpacked_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked sdist")
    # Not by `tarfile`, whose rules for extraction differ between the Pythons.
    subprocess.run(["tar", "-xzf", sdist, "-C", folder], check=True, timeout=60)
    (checkout,) = folder.iterdir()
    return checkout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("wheel", CHECKOUT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def wheel_from_sdist(unpacked_sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("wheel", unpacked_sdist, tmp_path_factory.mktemp("wheel from sdist"))


@pytest.fixture(scope="session")
def installed_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return _install(tmp_path_factory.mktemp("env of a wheel"), str(wheel))


@pytest.fixture(scope="session")
def installed_editable(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return _install(tmp_path_factory.mktemp("env of a checkout"), "--editable", str(CHECKOUT))


@pytest.fixture(params=["installed_wheel", "installed_editable"])
def installed(request: pytest.FixtureRequest) -> Installed:
    return request.getfixturevalue(request.param)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Return a working folder whose owner would like to be asked for the grammar and the code."""
    trap = "raise SystemExit('code of the working folder ran')\n"
    for module in ("execgate", "lark", "libcst", "json", "sitecustomize"):
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text(trap)
    for data in ("grammar/policy.lark", "sandbox/seccomp.json", "execgate/_data/grammar/policy.lark"):
        path = tmp_path / data
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("the working folder's own\n")
    shutil.copytree(tmp_path / "grammar", tmp_path / "_data" / "grammar")
    return tmp_path
