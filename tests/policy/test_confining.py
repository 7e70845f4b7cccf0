"""What the kernel is asked to hold is never less than what the policy permits."""

from __future__ import annotations

import dataclasses

import pytest

from execgate.model.confines import OPEN, Confines, HostFolder, OnSurprise, Session
from execgate.model.operation import DatabaseOperation, FileOperation, NetworkCall
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.tool import tool_program
from execgate.policy import PolicySet

EVERY = None


def of(agent, constraints: str, program: Program | None = None) -> Confines:
    return agent(constraints).judge(program or Program(Source("1"))).confines


@pytest.mark.parametrize(
    ("constraints", "reads", "writes"),
    [
        ("", (), ()),
        ('allowed_file_paths: ["/data"]', (), ()),
        ("allowed_file_operations: []", (), ()),
        ('allowed_file_operations: ["stat"]', (), ()),
        ('allowed_file_operations: ["read"]', EVERY, ()),
        ('allowed_file_operations: ["list"] allowed_file_paths: []', (), ()),
        ('allowed_file_operations: ["read"] disallowed_file_paths: ["/data"]', EVERY, ()),
        ('allowed_file_operations: ["read"] disallowed_file_operations: ["read"]', (), ()),
        ('allowed_file_operations: "read_only" allowed_file_paths: ["/data/a.csv"]', ("/data/a.csv",), ()),
        ('allowed_file_operations: "read_only" allowed_file_paths: ["/data/*.csv"]', ("/data",), ()),
        ('allowed_file_operations: "read_only" allowed_file_paths: ["/data/**/a"]', ("/data",), ()),
        ('allowed_file_operations: "read_only" allowed_file_paths: ["/d*/a"]', EVERY, ()),
        ('allowed_file_operations: "read_only" allowed_file_paths: ["/"]', EVERY, ()),
        ('allowed_file_operations: "read_only" allowed_file_paths: ["*"]', EVERY, ()),
        ('allowed_file_operations: "read_only" allowed_file_paths: ["~/x", "~/x/y"]', ("/home/agent/x",), ()),
        (
            'allowed_file_operations: "read_only" allowed_file_paths: ["/a", "/b"] disallowed_file_paths: ["/b"]',
            ("/a",),
            (),
        ),
        (
            'allowed_file_operations: "read_only" allowed_file_paths: ["/a", "/b/c"] disallowed_file_paths: ["/b"]',
            ("/a", "/b/c"),
            (),
        ),
        # What may be made or removed belongs to the folder that it is in.
        (
            'allowed_file_operations: ["write"] allowed_file_paths: ["out.csv"]',
            ("/workspace",),
            ("/workspace",),
        ),
        (
            'allowed_file_operations: ["delete"] allowed_file_paths: ["a/b.csv"]',
            ("/workspace/a",),
            ("/workspace/a",),
        ),
        ('allowed_file_operations: ["create"] allowed_file_paths: ["/data"]', ("/data",), ("/data",)),
        ('allowed_file_operations: ["create"] allowed_file_paths: ["."]', ("/workspace",), ("/workspace",)),
        ('allowed_file_operations: ["create"] allowed_file_paths: ["~"]', ("/home/agent",), ("/home/agent",)),
        (
            'allowed_file_operations: ["append"] allowed_file_paths: ["out/*"]',
            ("/workspace/out",),
            ("/workspace/out",),
        ),
        ('allowed_file_operations: ["move"]', EVERY, EVERY),
        ('allowed_file_operations: ["chmod"] allowed_file_paths: ["/a/b"]', ("/a",), ("/a",)),
        # Databases are files too, with others beside them; a plain name can be one.
        ('allowed_database_operations: ["select"]', EVERY, EVERY),
        ('allowed_databases: ["/data/x/a.db"]', (), ()),
        ('allowed_database_operations: ["select"] allowed_databases: [":memory:"]', (), ()),
        ('allowed_database_operations: ["select"] allowed_databases: ["*"]', EVERY, EVERY),
        (
            'allowed_database_operations: ["select"] allowed_databases: ["10.0.0.1"]',
            ("/workspace",),
            ("/workspace",),
        ),
        (
            'allowed_database_operations: ["select"] allowed_databases: ["/data/x/a.db"]',
            ("/data/x",),
            ("/data/x",),
        ),
        # Another program can do what nobody knows.
        ('allowed_commands: ["git"] allowed_file_operations: [] ', EVERY, EVERY),
        ("allowed_commands: []", (), ()),
        ('allowed_commands: ["git"] disallowed_commands: ["git"]', (), ()),
        ('allowed_system_access: ["hardware"]', ("/etc", "/proc", "/sys"), ()),
        ('allowed_system_access: ["hardware"] allowed_file_operations: ["read"]', EVERY, ()),
    ],
)
def test_files(agent, constraints, reads, writes) -> None:
    found = of(agent, constraints)
    assert (found.reads, found.writes) == (reads, writes)


@pytest.mark.parametrize(
    ("constraints", "ports", "listens"),
    [
        ("", (), ()),
        ("allowed_hosts: []", (), ()),
        ('allowed_hosts: ["x.com"] disallowed_hosts: ["x.com"]', (), ()),
        ('allowed_hosts: ["*"]', EVERY, ()),
        ('allowed_hosts: ["x.com:*"]', EVERY, ()),
        ('allowed_hosts: ["https://*"]', (443,), ()),
        ('allowed_hosts: ["https://x.com", "http://x.com:8080"]', (443, 8080), ()),
        ('allowed_hosts: ["https://x.com"] disallowed_hosts: ["*.x.com"]', (443,), ()),
        ('allowed_hosts: ["odbc://x.com"]', EVERY, ()),
        ('allowed_hosts: ["127.0.0.1:8000", "x.com:99"]', (99, 8000), (8000,)),
        ('allowed_hosts: ["[::]:8000"]', (8000,), (8000,)),
        ('allowed_hosts: ["0.0.0.0:*"]', EVERY, EVERY),
        ('allowed_hosts: ["*.local:8000"]', (8000,), (8000,)),
    ],
)
def test_hosts(agent, constraints, ports, listens) -> None:
    found = of(agent, constraints)
    assert (found.network, found.ports, found.listens) == (ports != (), ports, listens)


def test_a_host_without_a_port_has_the_ports_that_schemes_have(agent) -> None:
    ports = of(agent, 'allowed_hosts: ["x.com"]').ports
    assert ports is not None
    assert {21, 22, 25, 80, 443, 5432, 6379, 9092} < set(ports)
    assert 8080 not in ports


@pytest.mark.parametrize(
    ("constraints", "native", "commands"),
    [
        ("", False, False),
        ('allowed_native_code: ["ctypes"]', True, False),
        ('allowed_native_code: ["ctypes"] disallowed_native_code: ["*"]', True, False),
        ('allowed_native_code: ["ctypes"] disallowed_native_code: ["ctypes"]', False, False),
        ('allowed_commands: ["git"]', False, True),
        ('disallowed_commands: ["git"]', False, False),
    ],
)
def test_native_code_and_programs(agent, constraints, native, commands) -> None:
    found = of(agent, constraints)
    assert (found.native, found.commands) == (native, commands)


def test_what_an_author_says_of_runs(agent) -> None:
    found = of(
        agent,
        'session: "files" on_surprise: "stop" image: "data-science" host_folders: ["/srv//b/.:/data/b", "/a:/d"]',
    )
    assert found == Confines(
        session=Session.FILES,
        on_surprise=OnSurprise.STOP,
        image="data-science",
        host_folders=(HostFolder("/a", "/d"), HostFolder("/srv/b", "/data/b")),
    )


def test_who_may_not_run_code_is_confined_to_nothing() -> None:
    verdict = PolicySet.parse('agent "a" { }').agent("a").judge(Program(Source("1")))
    assert verdict.confines == Confines()
    assert not verdict.allowed


def test_a_tool_call_is_confined_to_nothing(agent) -> None:
    program = tool_program("search", {}, stage="execute")
    assert of(agent, 'allowed_file_operations: ["read"]', program) == Confines()


def test_a_step_in_the_shell_starts_the_shell_and_nothing_is_wider(agent) -> None:
    shell = Program(Source("true", language="sh"))
    assert of(agent, "", shell) == dataclasses.replace(Confines(), commands=True)
    assert of(agent, 'allowed_commands: ["ls"]', shell) == of(agent, 'allowed_commands: ["ls"]')


POLICIES = (
    'allowed_file_operations: "read_write" allowed_file_paths: ["out/*.csv", "/data", "~/**/x"]',
    'allowed_file_operations: ["read", "delete"] allowed_file_paths: ["/w*/a", "/data/x.csv"]',
    'allowed_file_operations: "read_only" disallowed_file_paths: ["/data"]',
    'allowed_file_operations: ["write"] allowed_file_paths: ["*"] disallowed_file_paths: ["/workspace/**"]',
    'allowed_database_operations: ["*"] allowed_databases: ["/data/*.db", "app", "*.x.com"]',
    'allowed_database_operations: ["select"] disallowed_databases: ["/data"]',
    'allowed_hosts: ["x.com", "https://*.y.org", "10.0.0.1:8080", "ws://z.net:99"]',
    'allowed_hosts: ["*", "localhost"] disallowed_hosts: ["x.com"]',
)
PATHS = (
    "/workspace/out/a.csv",
    "out/b.csv",
    "/data",
    "/data/x.csv",
    "/data/y/z",
    "~/q/x",
    "/web/a",
    "/etc/passwd",
    "/data/q.db",
    "app",
)
WRITES = {"write", "append", "create", "delete", "move", "copy"}


def within(place: str, places: tuple[str, ...] | None) -> bool:
    return places is None or any(f"{place}/".startswith(f"{one}/") for one in places)


@pytest.mark.parametrize("constraints", POLICIES)
def test_whatever_is_permitted_lies_within(agent, constraints, here) -> None:
    policy = agent(constraints)
    confines = policy.judge(Program(Source("1"))).confines

    def permitted(operation) -> bool:
        return policy.judge(Program(Source("1"), (operation,))).allowed

    tried = 0
    for path in PATHS:
        absolute = path.replace("~", "/home/agent")
        place = absolute if absolute.startswith("/") else f"/workspace/{absolute}"
        for word in ("read", "list", *sorted(WRITES)):
            if permitted(FileOperation(location=here, operation=word, paths=(path,), via="x")):
                tried += 1
                assert within(place, confines.reads)
                assert word not in WRITES or within(place, confines.writes)
        for via in ("sqlite3.connect", "psycopg2.connect"):
            if permitted(
                DatabaseOperation(location=here, operation="select", tables=(), destination=path, via=via)
            ):
                tried += 1
                assert within(place, confines.reads)
                assert within(place.rpartition("/")[0] or "/", confines.writes)
    for host in ("x.com", "a.y.org", "10.0.0.1", "z.net", "localhost"):
        for scheme, port in (
            ("https", None),
            ("http", 80),
            (None, 8080),
            ("ws", 99),
            (None, 443),
            ("smtp", None),
        ):
            for method in ("GET", "listen"):
                call = NetworkCall(
                    location=here, destination=host, scheme=scheme, port=port, method=method, via="x"
                )
                if permitted(call):
                    tried += 1
                    reached = port or {"https": 443, "smtp": 25}[scheme]
                    assert confines.network
                    assert confines.ports is None or reached in confines.ports
                    own = host in {"10.0.0.1", "localhost"}
                    assert (
                        method != "listen"
                        or not own
                        or confines.listens is None
                        or reached in confines.listens
                    )
    assert tried


def test_the_widest_and_the_narrowest_are_told_as_json() -> None:
    assert OPEN.to_json()["reads"] is None
    assert Confines(reads=("/a",), host_folders=(HostFolder("/a", "/b"),)).to_json() == {
        "reads": ["/a"],
        "writes": [],
        "commands": False,
        "network": False,
        "ports": [],
        "listens": [],
        "native": False,
        "session": "none",
        "on_surprise": "record",
        "host_folders": [{"source": "/a", "target": "/b"}],
        "image": None,
    }
