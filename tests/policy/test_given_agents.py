"""The four agents that ship: they parse as they stand and mean what they say."""

from __future__ import annotations

import pytest

from execgate import _resources
from execgate.model.limits import Limits
from execgate.model.operation import FileOperation, ModuleImport
from execgate.policy import PolicySet

DEFAULT = Limits()


@pytest.fixture(scope="module")
def shipped() -> PolicySet:
    return PolicySet.load(_resources.path("policies"))


def test_the_given_agents_ship(shipped) -> None:
    assert shipped.agents == ("user_proxy", "agent_analysis", "agent_admin", "agent_sandbox")


@pytest.mark.parametrize(
    ("name", "allowed", "denied"),
    [
        ("user_proxy", ["pandas", "sys", "math"], ["os", "os.path", "subprocess", "socket"]),
        ("agent_analysis", ["pandas.io", "numpy", "matplotlib.pyplot"], ["os", "sys", "subprocess", "json"]),
        ("agent_admin", ["os", "subprocess", "anything"], []),
        ("agent_sandbox", ["math"], ["os", "cmath", "pandas"]),
    ],
)
def test_their_imports(constraints_broken, here, shipped, name, allowed, denied) -> None:  # noqa: PLR0917
    policy = shipped.agent(name)
    for module in allowed + denied:
        broken = constraints_broken(policy, ModuleImport(module=module, via="import", location=here))
        assert bool(broken) is (module in denied), module


@pytest.mark.parametrize(
    ("name", "operation", "path", "allowed"),
    [
        ("user_proxy", "read", "/etc/hosts", True),
        ("user_proxy", "list", ".", True),
        ("user_proxy", "write", "x", False),
        ("agent_analysis", "read", "/data/analysis/x.csv", True),
        ("agent_analysis", "stat", "/data/analysis/x.csv", True),
        ("agent_analysis", "read", "/data/analysis/x/y.csv", False),
        ("agent_analysis", "read", "/data/analysis/../x", False),
        ("agent_analysis", "read", "/data/analysis2/x", False),
        ("agent_analysis", "write", "/data/analysis/x.csv", False),
        ("agent_admin", "delete", "/var/x", True),
        ("agent_admin", "read", "/etc/passwd", True),
        ("agent_admin", "write", "x", True),
        ("agent_admin", "append", "x", False),
        ("agent_admin", "execute", "/bin/sh", False),
        ("agent_sandbox", "read", "x", False),
    ],
)
def test_their_files(constraints_broken, here, shipped, name, operation, path, allowed) -> None:  # noqa: PLR0917
    file = FileOperation(operation=operation, paths=(path,), via="open", location=here)
    assert bool(constraints_broken(shipped.agent(name), file)) is not allowed


def test_their_limits(shipped) -> None:
    def limits(**given) -> Limits:
        return Limits(**{**DEFAULT.to_json(), **given})

    assert {name: shipped.agent(name).limits for name in shipped.agents} == {
        "user_proxy": limits(wall_s=10.0),
        "agent_analysis": limits(wall_s=30.0, memory_bytes=10**9),
        "agent_admin": limits(wall_s=None, memory_bytes=None),
        "agent_sandbox": limits(wall_s=5.0, memory_bytes=100_000_000),
    }


def test_what_a_receipt_records_of_them(shipped) -> None:
    assert shipped.agent("agent_analysis").constraints_json() == {
        "allowed_file_operations": ["read"],
        "allowed_file_paths": ["/data/analysis/*"],
        "allowed_imports": ["matplotlib", "numpy", "pandas"],
        "disallowed_imports": ["os", "subprocess", "sys"],
        "max_cpus": "1_cpus",
        "max_disk": "64000000_bytes",
        "max_execution_time": "30_seconds",
        "max_memory": "1000000000_bytes",
        "max_output": "1000000_bytes",
        "max_processes": "32_processes",
    }
