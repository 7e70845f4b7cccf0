from __future__ import annotations

import subprocess
import sys

import pytest

from execgate.adapters import framework
from execgate.adapters.framework import AutogenMissingError, classic
from execgate.errors import ExecgateError


def python(*lines):
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False, timeout=60
    )


def test_execgate_itself_imports_no_framework():
    found = python(
        "import sys, execgate, execgate.adapters, execgate.gate",
        "print(sorted(name for name in sys.modules if name.startswith('autogen')))",
    )
    assert found.stdout == "[]\n", found.stderr


def test_without_autogen_the_error_names_the_extra():
    found = python(
        "import sys; sys.modules['autogen'] = None",
        "try:",
        "    import execgate.autogen",
        "except ImportError as error:",
        "    print(type(error).__name__, '|', error, '|', error.help)",
    )
    name, told, help_ = found.stdout.strip().split(" | ")
    assert name == "AutogenMissingError"
    assert told.startswith("no classic AutoGen here: ")
    assert 'pip install "execgate[pyautogen]"' in help_


@pytest.mark.autogen
def test_the_autogen_that_is_here_is_taken():
    assert classic().__name__ == "autogen"


@pytest.mark.parametrize(
    ("installed", "told"),
    [
        (
            {"pyautogen": "0.10.0", "autogen-agentchat": "0.7.5"},
            "no classic AutoGen here: pyautogen 0.10.0 is a proxy of AgentChat and has no module `autogen`",
        ),
        (
            {"autogen-agentchat": "0.7.5"},
            "no classic AutoGen here: autogen-agentchat 0.7.5 is AgentChat, with a module of its own",
        ),
        ({"ag2": "1.0.1"}, "no classic AutoGen here: ag2 1.0.1 has the module `ag2` in place of `autogen`"),
        ({}, "no classic AutoGen here: the module `autogen` is not installed"),
    ],
    ids=["pyautogen 0.10", "AgentChat", "ag2 1", "none"],
)
def test_the_wrong_distribution_is_named(monkeypatch, installed, told):
    monkeypatch.setattr(framework, "_version", installed.get)

    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(framework.importlib, "import_module", missing)
    with pytest.raises(AutogenMissingError) as caught:
        classic()
    assert (str(caught.value), caught.value.help) == (told, framework.EXTRA)
    assert isinstance(caught.value, ExecgateError)


class Module:
    def __init__(self, version, agent):
        self.__version__ = version
        if agent is not None:
            self.ConversableAgent = agent


class Agent:
    def a_generate_reply(self): ...


@pytest.mark.parametrize(
    ("module", "told"),
    [
        (Module("0.2.18", Agent), "this `autogen` is 0.2.18, the oldest served is 0.2.19"),
        (Module("nightly", Agent), "this `autogen` is nightly, the oldest served is 0.2.19"),
        (Module("0.9", object), "this `autogen` is 0.9, the oldest served is 0.2.19"),
        (Module("0.9", None), "the module `autogen` can't be used: "),
    ],
    ids=["too old", "no version", "no async", "another package of that name"],
)
def test_an_autogen_that_can_not_be_served_is_refused(monkeypatch, module, told):
    monkeypatch.setattr(framework, "_version", {}.get)
    monkeypatch.setattr(framework.importlib, "import_module", lambda _name: module)
    with pytest.raises(AutogenMissingError) as caught:
        classic()
    assert str(caught.value).startswith(told)


def test_a_broken_autogen_says_what_it_lacks(monkeypatch):
    monkeypatch.setattr(framework, "_version", {}.get)

    def broken(_name):
        raise ModuleNotFoundError("No module named 'openai'", name="openai")

    monkeypatch.setattr(framework.importlib, "import_module", broken)
    with pytest.raises(AutogenMissingError, match="can't be used: No module named 'openai'"):
        classic()
