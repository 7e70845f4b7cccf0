"""Operations and lists that meet each other, for the laws of inheritance and of the canonical form."""

from __future__ import annotations

import itertools

import pytest

from execgate.errors import PolicyError
from execgate.model.operation import (
    DatabaseOperation,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    ModuleImport,
    NetworkCall,
    Operation,
    PackageInstall,
    PaymentCall,
    ProcessSpawn,
    ToolCall,
)
from execgate.model.source import Span
from execgate.model.values import Hole, Template, Unknown
from execgate.policy import PolicySet

BASE = {"via": "x", "location": Span(1, 0, 1, 1)}


@pytest.fixture(scope="session")
def report():
    """Return every mistake of a policy as `message @ line:column = help`."""

    def run(text: str) -> list[str]:
        try:
            PolicySet.parse(text, "a.policy")
        except PolicyError as error:
            lines = error.rendered.split("\n")
            found = []
            for line in lines:
                if line.startswith("error: "):
                    found.append(line.removeprefix("error: "))
                elif " --> " in line or line.startswith("--> "):
                    found[-1] += " @ " + line.rpartition("a.policy:")[2]
                elif "= help: " in line:
                    found[-1] += " = " + line.partition("= help: ")[2]
            return found
        return []

    return run


def _operations() -> list[Operation]:
    free = Template(("/data/", Hole.WORD))
    found: list[Operation] = [
        ModuleImport(module=name, **BASE)
        for name in ("os", "os.path", "math", "pandas.io", Unknown("why"), Template(("o", Hole.WORD)))
    ]
    found += [
        FileOperation(operation=operation, paths=(path,), **BASE)
        for operation, path in itertools.product(
            ("read", "write", "stat", "delete", Unknown("why")),
            ("/data/a.csv", "/data/x/y", "/etc/x", "out", "/", free, Unknown("why")),
        )
    ]
    found += [FileOperation(operation="read", paths=("/data",), recursive=True, **BASE)]
    found += [
        NetworkCall(destination=host, scheme=scheme, port=port, **BASE)
        for host, scheme, port in itertools.product(
            ("a.b.com", "b.com", "localhost", "10.0.0.7", None), ("https", "http", None), (None, 8080, 443)
        )
    ]
    found += [
        ProcessSpawn(command="x", shell=True, programs=(name,), **BASE)
        for name in ("git", "git-x", "/opt/git", "sh", Unknown("why"))
    ]
    found += [EnvironmentAccess(operation="read", names=(name,), **BASE) for name in ("HOME", "A_X", "A_Y")]
    found += [EnvironmentAccess(operation="list", names=(), **BASE)]
    found += [
        DatabaseOperation(operation=operation, tables=(table,), destination=place, **BASE)
        for operation, table, place in itertools.product(
            ("select", "drop", Unknown("why")),
            ("t", "s.t", "s.u"),
            ("a.b.com", "/data/app.db", ":memory:", None),
        )
    ]
    found += [DynamicCode(kind=kind, **BASE) for kind in ("eval", "import")]
    found += [PackageInstall(packages=(name,), **BASE) for name in ("requests", "types-x")]
    return found


def _payments() -> list[Operation]:
    return [
        PaymentCall(
            provider=provider,
            operation=operation,
            amount=amount,
            currency=currency,
            recipient=recipient,
            customer=None,
            **BASE,
        )
        for provider, operation, amount, currency, recipient in itertools.product(
            ("stripe", "paypal"),
            ("charge", "refund"),
            ("5.00", "60.00", None),
            ("USD", "EUR", None),
            ("acct_1", None),
        )
    ]


@pytest.fixture(scope="session")
def operations() -> list[Operation]:
    return [*_operations(), *_payments()]


@pytest.fixture(scope="session")
def tools() -> list[Operation]:
    return [
        ToolCall(stage=stage, tool=tool, **BASE)
        for stage, tool in itertools.product(("propose", "execute"), ("pay_now", "search", "search_web"))
    ]


ENTRIES = {
    "imports": ["*", "os", "os.path", "o*", "math", "pandas"],
    "file_operations": ["*", "read", "write", "stat", "delete"],
    "file_paths": ["/", "/data", "/data/*", "/data/*.csv", "/data/x", "out", "/etc", "/data/**/y"],
    "hosts": ["*", "a.b.com", "*.b.com", "https://a.b.com", "a.b.com:8080", "localhost", "*:*", "10.0.0.7"],
    "commands": ["*", "git", "git*", "/opt/git", "sh"],
    "environment": ["*", "A_*", "HOME", "A_X"],
    "database_operations": ["*", "select", "drop"],
    "tables": ["*", "t", "s.t", "s.*"],
    "databases": ["*", "a.b.com", "/data", ":memory:"],
    "dynamic_code": ["*", "eval"],
    "packages": ["*", "requests", "types-*"],
}
PAYMENTS = {
    "providers": ["*", "stripe", "paypal"],
    "payment_operations": ["*", "charge", "refund"],
    "currencies": ["*", "usd", "eur"],
    "recipients": ["*", "acct_*", "acct_1"],
}
TOOLS = {"proposed_tools": ["*", "search*", "pay_*"], "executed_tools": ["*", "search", "pay_now"]}


@pytest.fixture(scope="session")
def lists() -> dict[str, dict[str, list[str]]]:
    """Return entries by list, by capability."""
    return {
        capability: {
            f"{kind}_{noun}": entries for noun, entries in nouns.items() for kind in ("allowed", "disallowed")
        }
        for capability, nouns in (("code_execution", ENTRIES), ("payment", PAYMENTS), ("tool", TOOLS))
    }
