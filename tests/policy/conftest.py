"""Agents from the body of a grant, and programs from operations."""

from __future__ import annotations

import functools
import itertools
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from execgate.model.operation import Gap, Operation
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Verdict
from execgate.policy import AgentPolicy, PolicySet
from execgate.policy.search.pairs import Pairing, of
from execgate.policy.search.spaces import NOUNS
from execgate.policy.search.views import operation

HERE = Span(1, 0, 1, 4)


@pytest.fixture(scope="session")
def here() -> Span:
    return HERE


@pytest.fixture(scope="session")
def agent() -> Callable[[str], AgentPolicy]:
    """Return the agent `a` whose grant holds the given constraints."""

    def build(constraints: str) -> AgentPolicy:
        text = f'agent "a" {{\ncan "code_execution" with constraints {{\n{constraints}\n}}\n}}\n'
        return PolicySet.parse(text, "a.policy").agent("a")

    return build


@pytest.fixture(scope="session")
def judge(agent) -> Callable[..., Verdict]:
    """Return the verdict of a policy, or of the constraints of one, on some operations."""

    def run(policy: str | AgentPolicy, *operations: Operation, gaps: tuple[Gap, ...] = ()) -> Verdict:
        compiled = agent(policy) if isinstance(policy, str) else policy
        return compiled.judge(Program(Source("code"), operations, gaps))

    return run


@pytest.fixture(scope="session")
def constraints_broken(judge) -> Callable[..., list[str]]:
    """Return the names of the constraints that an operation breaks; an empty list is ALLOW."""

    def run(policy: str | AgentPolicy, *operations: Operation) -> list[str]:
        verdict = judge(policy, *operations)
        broken = [violation.constraint for violation in verdict.all_violations]
        assert verdict.allowed is (not broken)
        return broken

    return run


@pytest.fixture(scope="session")
def pairs() -> int:
    """Return how many pairs of policies are compared with z3, and how many by brute force, all together."""
    return int(os.environ.get("EXECGATE_PAIRS", "1500"))


# --- small worlds: for each pair of constraints some entries, and all short values, which a judge is asked about

Value = tuple[int, dict[str, Any]]
"""How long a value is, and the fields of an operation with it."""


def _joined(words: tuple[str, ...], separator: str, most: int) -> Iterator[str]:
    for count in range(1, most + 1):
        yield from map(separator.join, itertools.product(words, repeat=count))


def _spelled(letters: str, most: int) -> Iterator[str]:
    for count in range(1, most + 1):
        yield from map("".join, itertools.product(letters, repeat=count))


def _modules(field: str) -> list[Value]:
    return [(len(name), {field: name}) for name in _joined(("a", "b", "x", "y", "ab", "ba", "bb"), ".", 3)]


def _paths() -> list[Value]:
    names = ["", *_joined(("a", "b", "x", "ab", "ba"), "/", 3), "proc/self/root"]
    done: list[dict[str, Any]] = [
        {"operation": "read"},
        {"operation": "delete"},
        {"operation": "read", "recursive": True},
    ]
    return [(len(name) + 1, {**how, "paths": (f"/{name}",)}) for name in names for how in done]


def _hosts() -> list[Value]:
    labels = ("a", "b", "x", "internal", "localhost")
    deep = _joined(("a", "b", "x"), ".", 3)
    names = [
        *dict.fromkeys((*_joined(labels, ".", 2), *deep)),
        "10.0.0.1",
        "metadata.google.internal",
        "9.9.9.9",
    ]
    ways = [
        *(
            {"scheme": scheme, "port": port, "method": "connect"}
            for scheme in ("https", "http", "ftp", "ssh", "nonsense", None)
            for port in (None, 443, 80, 8443, 8080)
        ),
        {"scheme": None, "port": None, "method": "resolve"},
    ]
    return [(len(name), {"destination": name, **way}) for name in names for way in ways]


def _commands() -> list[Value]:
    names = list(_spelled("abx", 3))
    places = ["", "./", "/", "/opt/", "/x/", "x/", "/usr/bin/"]
    return [
        (len(text), {"command": (text,), "shell": False, "programs": (text,)})
        for text in (place + name for place in places for name in names)
    ]


def _variables() -> list[Value]:
    values: list[Value] = [
        (len(name), {"operation": "read", "names": (name,)}) for name in _spelled("ABx", 4)
    ]
    return [*values, (len("(all variables)"), {"operation": "list", "names": ()})]


def _packages() -> list[Value]:
    names = [name for name in _spelled("abx-", 4) if name.strip("-") == name and "--" not in name]
    return [(len(name), {"packages": (name,)}) for name in [*names, "./x"]]


def _tables() -> list[Value]:
    names = _joined(("a", "b", "x", "ab"), ".", 3)
    return [(len(name), {"operation": "select", "tables": (name,)}) for name in names]


def _databases() -> list[Value]:
    base = {"operation": "select", "tables": ()}
    files = [f"/{name}" for name in ["", *_joined(("a", "b", "x", "workspace"), "/", 3), "proc/self/root"]]
    hosts = list(_joined(("a", "b", "x"), ".", 3))
    files += [f"/workspace/{name}" for name in hosts]
    return [
        (len(":memory:"), {**base, "destination": ":memory:", "via": "sqlite3.connect"}),
        *((len(name), {**base, "destination": name, "via": "sqlite3.connect"}) for name in files),
        *((len(name), {**base, "destination": name, "via": "psycopg2.connect"}) for name in hosts),
    ]


def _words(noun: str, field: str, **more: Any) -> list[Value]:
    known = NOUNS[noun].operation.word
    assert known is not None
    return [(0, {field: word, **more}) for word in known[1]]


@dataclass(frozen=True)
class World:
    """One pair of constraints: entries to choose from, values to ask about, and what else is given."""

    noun: str
    entries: tuple[str, ...]
    values: Callable[[], list[Value]]
    besides: str = ""

    @functools.cached_property
    def operations(self) -> list[tuple[int, Operation]]:
        kind = NOUNS[self.noun].operation
        return [(size, operation(kind, fields)) for size, fields in self.values()]

    def agent(self, allowed: list[str] | None, disallowed: list[str] | None) -> AgentPolicy:
        lists = [
            f"{prefix}_{self.noun}: [" + ", ".join(f'"{entry}"' for entry in entries) + "]"
            for prefix, entries in (("allowed", allowed), ("disallowed", disallowed))
            if entries is not None
        ]
        body = "\n".join([self.besides, *lists])
        text = f'agent "a" {{ can "code_execution" with constraints {{\n{body}\n}} }}'
        return PolicySet.parse(text).agent("a")

    def permitted(self, agent: AgentPolicy) -> frozenset[int]:
        return frozenset(
            number
            for number, (_, one) in enumerate(self.operations)
            if agent.judge(Program(Source(""), (one,))).allowed
        )

    @functools.cached_property
    def _known(self) -> dict[str, frozenset[int]]:
        return {}

    def permissions(self, agents: list[AgentPolicy]) -> list[frozenset[int]]:
        """Return what each agent permits; the same agent is asked once."""
        for agent in agents:
            if agent.digest not in self._known:
                self._known[agent.digest] = self.permitted(agent)
        return [self._known[agent.digest] for agent in agents]

    def sample(self, chance: random.Random) -> AgentPolicy:
        def some() -> list[str] | None:
            count = chance.choice((None, 0, 1, 1, 2, 2, 3, 4))
            return None if count is None else [chance.choice(self.entries) for _ in range(count)]

        allowed, disallowed = some(), some()
        if self.noun == "opaque_libraries":
            allowed = None
        return self.agent(allowed, disallowed)

    def pairing(self, agent: AgentPolicy) -> Pairing:
        assert agent.grant is not None
        return of(agent.grant.lists, self.noun)


_DATABASE = 'allowed_database_operations: ["*"]'
_MODULES = ("*", "a", "b", "a.b", "a.a", "b.a.b", "a*", "*b", "*.b", "a.*", "*a.b*", "a*b", "x", "*b*")
WORLDS = {
    world.noun: world
    for world in (
        World("imports", _MODULES, lambda: _modules("module")),
        World("opaque_libraries", _MODULES, lambda: _modules("library")),
        World(
            "file_operations",
            ("*", "read", "stat", "write", "delete", "list", "copy"),
            lambda: _words("file_operations", "operation", paths=("/x",)),
        ),
        World(
            "file_paths",
            (
                "/",
                "*",
                "/a",
                "/a/*",
                "/a/b",
                "/a/**/b",
                "/**/b",
                "/*",
                "/a*",
                "/*b/",
                "/*/a",
                "/a/*b",
                "/**/a*",
                "/proc",
                "/proc/self/root",
                "/x",
                "/a/**",
                "/*/",
            ),
            _paths,
            'allowed_file_operations: ["*"]',
        ),
        World(
            "hosts",
            (
                "*",
                "*:*",
                "a.b",
                "*.b",
                "*.a.b",
                "a",
                "localhost",
                "*.localhost",
                "*.internal",
                "10.0.0.1",
                "https://*",
                "http://*.b",
                "a.b:8443",
                "*.b:*",
                "ssh://a.b",
                "*:443",
                "a.b:80",
                "internal",
                "metadata.google.internal",
                "9.9.9.9",
                "https://a.b:8443",
            ),
            _hosts,
        ),
        World(
            "commands",
            ("*", "a", "b", "ab", "a*", "*b", "a*b", "/opt/a", "./a", "/a", "x/ab", "/usr/bin/a", "*a*"),
            _commands,
        ),
        World("environment", ("*", "A", "AB", "A*", "*B", "A*B", "*A*", "*BA", "B*", "ABA"), _variables),
        World(
            "database_operations",
            ("*", "select", "insert", "execute", "drop"),
            lambda: _words("database_operations", "operation", tables=("x",)),
        ),
        World(
            "tables",
            ("*", "a", "b", "a.b", "b.a", "a*", "*.b", "a.*", "*b", "a.b.a", "x.a*"),
            _tables,
            _DATABASE,
        ),
        World(
            "databases",
            ("*", "/a", "/a/*", "/a/b", "a", "a.b", "*.b", ":memory:", "b", "/", "/*/b", "/workspace"),
            _databases,
            _DATABASE,
        ),
        World("packages", ("*", "a", "a-b", "a*", "*b", "a-*", "*-*", "a*b", "*a*", "b*"), _packages),
        World("dynamic_code", ("*", "eval", "exec", "import"), lambda: _words("dynamic_code", "kind")),
        World("native_code", ("*", "ctypes", "cffi", "mmap"), lambda: _words("native_code", "kind")),
        World("deserialization", ("*", "pickle", "yaml"), lambda: _words("deserialization", "format")),
        World("process_control", ("*", "kill", "signal"), lambda: _words("process_control", "operation")),
        World("system_access", ("*", "users", "screen"), lambda: _words("system_access", "kind")),
    )
}


@pytest.fixture(scope="session")
def worlds() -> dict[str, World]:
    """Return a small world for each pair of constraints."""
    return WORLDS
