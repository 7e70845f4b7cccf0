"""Which image a program gets, and what a session does about what its image or its mounts lack."""

from __future__ import annotations

import base64
import hashlib
import threading
import zipfile
from dataclasses import dataclass

import pytest

from execgate import Gate
from execgate.judging import judge_code
from execgate.model.context import Context
from execgate.model.conversation import Conversation
from execgate.model.source import Source
from execgate.model.verdict import Authorization
from execgate.policy import PolicySet
from execgate.sandbox.image.choosing import choose
from execgate.sandbox.image.facts import Facts
from execgate.sandbox.image.known import AGAIN_S, Known, Lookout

POLICY = """
agent "x" {
can "code_execution" with constraints {
allowed_imports: ["*"]
%s
}
}
"""


@pytest.mark.parametrize(
    ("module", "constraints", "made", "image"),
    [
        ("csv", "", True, "base"),
        ("numpy", "", True, "data-science"),
        ("numpy", "", False, "base"),
        ("numpy", 'image: "base"', True, "base"),
        ("csv", 'image: "geo"', True, "geo"),
        # What a session's next program imports is not known yet, and another image would end the session.
        ("csv", 'session: "interpreter"', True, "data-science"),
        ("csv", 'session: "files"', True, "data-science"),
        ("csv", 'session: "none"', True, "base"),
        ("csv", 'session: "files"', False, "base"),
        ("csv", 'session: "files"\nimage: "base"', True, "base"),
    ],
)
def test_an_image_is_the_policys_or_has_the_libraries(module, constraints, made, image):
    policies = PolicySet.parse(POLICY % constraints)
    verdict = judge_code(f"import {module}", "x", policies, {}, Context())
    assert choose(Authorization.of(verdict), lambda _name: made) == image


def _wheel(folder):
    info = "good-1.0.dist-info"
    files = {
        "good.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items()]
    with zipfile.ZipFile(folder / "good-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": "".join([*lines, f"{info}/RECORD,,\n"])}.items():
            wheel.writestr(name, text)


def _digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@pytest.mark.engine
def test_a_session_that_packages_come_to_begins_anew_and_says_why(tmp_path, monkeypatch):
    _wheel(tmp_path)
    monkeypatch.setenv("EXECGATE_WHEELS", str(tmp_path))
    allowed = 'session: "interpreter"\nallowed_commands: ["pip"]\nallowed_packages: ["good"]'
    policies = PolicySet.parse(POLICY % allowed)
    blocks = [Source("kept = 1"), Source("pip install good", language="sh"), Source("import good\nprint(2)")]
    with Gate(policies, home=tmp_path / "home", sandbox="docker", ahead=False) as gate:
        results = [
            gate.execute(block, agent="x", conversation=Conversation(conversation_id="chat")).result
            for block in blocks
        ]
    assert [result.exit_code for result in results] == [0, 0, 0], results
    assert [result.detail for result in results] == [
        "",
        "the session began anew: packages were installed, which are mounted as a container starts",
        "",
    ]


def test_an_image_that_is_not_there_is_looked_for_now_and_then():
    now, made, looked = [0.0], set(), []

    def look(name):
        looked.append(name)
        return name in made

    lookout = Lookout(lambda: now[0])
    assert not lookout.finds("data", look)
    made.add("data")
    assert not lookout.finds("data", look)
    assert lookout.finds("other", lambda _: True)
    now[0] += AGAIN_S
    assert lookout.finds("data", look)
    made.clear()
    assert not lookout.finds("data", look)  # what was there is never taken for granted
    assert looked == ["data"] * 3


@dataclass(frozen=True)
class _Made:
    id: str
    facts: Facts


def _made(name):
    return _Made(f"{name}-1", Facts(name, "", "", "", "", ()))


def _program(constraints=""):
    return Authorization.of(judge_code("1", "x", PolicySet.parse(POLICY % constraints), {}, Context()))


def test_a_program_whose_image_is_there_waits_for_none_that_is_being_made():
    known, asked, go_on, done = Known(), threading.Event(), threading.Event(), []

    def slow(name):
        asked.set()
        assert go_on.wait(60)
        return _made(name)

    def make():
        done.append(known.of_program(_program('image: "geo"'), lambda _: None, slow))

    making = threading.Thread(target=make)
    making.start()
    assert asked.wait(60)
    assert known.of_program(_program(), lambda _: None, _made) == _made("base")
    assert known.by_id("base-1") == _made("base")
    assert (known.by_id("geo-1"), done) == (None, [])
    go_on.set()
    making.join()
    assert [known.by_id("geo-1")] == done == [_made("geo")]


def test_an_image_that_was_found_is_asked_for_again_once_it_is_forgotten():
    known, made = Known(), []

    def ensure(name):
        made.append(name)
        return _made(name)

    for forget in ("other-1", "base-1", "base-1"):
        assert known.of_program(_program(), lambda _: None, ensure).id == "base-1"
        known.forget(forget)
    assert made == ["base", "base"]
    assert known.by_id("base-1") is None


@pytest.mark.engine
@pytest.mark.parametrize(("conversation", "start"), [("chat", "warm"), (None, "cold")])
def test_what_is_warm_for_an_agent_with_a_session_is_for_its_conversations(tmp_path, conversation, start):
    policies = PolicySet.parse(POLICY % 'session: "interpreter"')
    with Gate(policies, home=tmp_path / "home", sandbox="docker") as gate:
        assert gate.warm("x")
        ran = gate.execute("print(1)", agent="x", conversation=Conversation(conversation_id=conversation))
    assert (ran.result.stdout, ran.result.start.value) == ("1\n", start)
