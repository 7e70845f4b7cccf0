"""What every test shares: no network, a plain environment, and a word about what was not run."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Speed is measured by the benchmarks; a test that fails on a busy machine says nothing.
settings.register_profile(
    "execgate", deadline=None, derandomize=os.environ.get("CI") == "true", print_blob=True
)
settings.load_profile("execgate")

# What a developer has set must not change what a test sees; how much is tested is for the tests alone.
for _name in [name for name in os.environ if name.startswith("EXECGATE_") and name != "EXECGATE_PAIRS"]:
    del os.environ[_name]
for _name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "PYTHONPATH"):
    os.environ.pop(_name, None)

_DESELECTED = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_DESELECTED] = 0


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what uses the engine in one process, so that no test meets another's containers."""
    for item in items:
        if item.get_closest_marker("engine"):
            item.add_marker(pytest.mark.xdist_group("engine"))
            item.add_marker(pytest.mark.enable_socket)


def pytest_deselected(items: list[pytest.Item]) -> None:
    if items:
        config = items[0].config
        config.stash[_DESELECTED] += sum(1 for item in items if item.get_closest_marker("engine"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["deselected"] = session.config.stash[_DESELECTED]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    # Every worker collects, and so leaves out, the same tests.
    config = node.config
    config.stash[_DESELECTED] = max(
        config.stash[_DESELECTED], getattr(node, "workeroutput", {}).get("deselected", 0)
    )


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    count = config.stash[_DESELECTED]
    if count and config.option.markexpr == "not engine":
        terminalreporter.section("not run")
        terminalreporter.write_line(
            f"tests that need a Docker engine: {count} (`execgate doctor` says what is missing)"
        )
