"""What is shipped, and that an installed execgate takes its data from where it is installed."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import execgate

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = ("grammar", "policies", "sandbox")

PROBE = """
import hashlib, json
from execgate import _resources
from execgate.policy import PolicySet

data = {
    str(path.relative_to(_resources.ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
    for part in ("grammar", "policies", "sandbox")
    for path in sorted(_resources.path(part).rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
}
agents = PolicySet.load(_resources.path("policies")).agents
print(json.dumps({"data": data, "agents": agents}))
"""


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(CHECKOUT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _shipped_data() -> set[str]:
    return set().union(*(_files(CHECKOUT / part) for part in DATA))


def _members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _metadata(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel):
    members = {name for name in _members(wheel) if ".dist-info/" not in name}
    assert members == _files(CHECKOUT / "execgate") | {f"execgate/_data/{name}" for name in _shipped_data()}
    assert "execgate/py.typed" in members
    assert "execgate/_data/grammar/policy.lark" in members


def test_the_wheel_carries_the_licence_and_the_command(wheel):
    information = {name.partition(".dist-info/")[2] for name in _members(wheel) if ".dist-info/" in name}
    assert information == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}


def test_a_wheel_made_from_the_source_distribution_is_the_same(wheel, wheel_from_sdist):
    def contents(path: Path) -> dict[str, int]:
        with zipfile.ZipFile(path) as archive:
            return {info.filename: info.CRC for info in archive.infolist()}

    assert contents(wheel_from_sdist) == contents(wheel)


def test_the_source_distribution_can_test_itself(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "uv.lock", "scripts/setup.sh", "tests/conftest.py", "CHANGELOG.md"} <= names
    assert not {name for name in names if "__pycache__" in name or name.startswith((".venv", ".execgate"))}


def test_the_version_is_the_same_wherever_it_is_asked_for(wheel, installed, hostile):
    assert _metadata(wheel)["Version"] == execgate.__version__
    shown = installed.run("execgate", "--version", cwd=hostile)
    assert (shown.returncode, shown.stdout.split(), shown.stderr) == (
        0,
        ["execgate", execgate.__version__],
        "",
    )


def test_data_comes_from_the_installation_whatever_the_working_folder_holds(
    installed, hostile, tmp_path_factory
):
    probe = tmp_path_factory.mktemp("probe") / "probe.py"
    probe.write_text(PROBE)
    found = installed.run("python", str(probe), cwd=hostile)
    assert found.stderr == ""
    answer = json.loads(found.stdout)
    assert answer["data"] == {
        name: hashlib.sha256((CHECKOUT / name).read_bytes()).hexdigest() for name in _shipped_data()
    }
    assert "agent_analysis" in answer["agents"]


def test_the_command_judges_in_a_hostile_folder(installed, hostile):
    (hostile / "job.py").write_text("import math\nprint(math.pi)\n")
    judged = installed.run(
        "execgate", "analyze", "job.py", "--agent", "agent_sandbox", "--format", "json", cwd=hostile
    )
    assert (judged.returncode, judged.stderr) == (0, "")
    assert [result["verdict"] for result in json.loads(judged.stdout)["results"]] == ["ALLOW"]


def test_the_command_denies_in_a_hostile_folder(installed, hostile):
    (hostile / "job.py").write_text("import os\nos.system('id')\n")
    judged = installed.run("execgate", "analyze", "job.py", "--agent", "agent_sandbox", cwd=hostile)
    assert (judged.returncode, judged.stderr) == (1, "")
    assert "deny[process_spawn]" in judged.stdout


def _imported(path: Path) -> set[str]:
    """Return the top-level names of what a file imports, apart from those of `if TYPE_CHECKING`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_everything_that_is_imported_is_declared(wheel):
    """Only the tests' environment has more than is declared; a user's environment has not."""
    distributions = {"autogen": "pyautogen", "yaml": "pyyaml"}
    declared = {re.match(r"[\w-]+", line)[0] for line in _metadata(wheel).get_all("Requires-Dist")}
    optional = {
        re.match(r"[\w-]+", line)[0]
        for line in _metadata(wheel).get_all("Requires-Dist")
        if "extra ==" in line
    }
    for path in (CHECKOUT / "execgate").rglob("*.py"):
        foreign = {
            distributions.get(name, name) for name in _imported(path) - sys.stdlib_module_names - {"execgate"}
        }
        assert foreign <= declared, path
        # The commands that need more say so before they import these.
        if "adapters" not in path.parts and path.name != "language_server.py":
            assert not foreign & optional, path


@pytest.mark.parametrize("module", ["autogen", "docker", "lark", "libcst", "rich", "sqlglot", "cryptography"])
def test_importing_the_package_imports_nothing_heavy(installed_wheel, hostile, tmp_path_factory, module):
    script = tmp_path_factory.mktemp("script") / "script.py"
    script.write_text(f"import sys, execgate\nsys.exit({module!r} in sys.modules)\n")
    assert installed_wheel.run("python", str(script), cwd=hostile).returncode == 0
