"""Many decisions, each in a line: the same on every machine and under every supported Python.

    python tests/policy/everywhere.py > tests/policy/data/verdicts.txt

The choices come from a generator of ours, since those of the standard library may change between versions.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from execgate.model import operation as ops
from execgate.model.context import Context
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.values import Hole, Template, Unknown
from execgate.policy import PolicySet

POLICIES = 120
"""How many policies there are; each decides about every operation, in a context of its own."""

_T = TypeVar("_T")
_AT = Span(1, 0, 1, 1)
_BASE = {"via": "f", "location": _AT}

LISTS = {
    "imports": ["*", "os", "os.path", "xml.*", "pandas", "caf\\u00e9", "numpy"],
    "file_operations": ["*", "read", "write", "list", "delete", "append"],
    "file_paths": ["/", "/data", "/data/*.csv", "/data/**/x", "~/out", "out", "/data/caf\\u00e9"],
    "hosts": ["*", "api.example.com", "*.example.com", "https://api.example.com:8443", "127.1", "10.0.0.7:*"],
    "commands": ["*", "git", "git-*", "/opt/tool"],
    "environment": ["*", "HOME", "APP_*"],
    "database_operations": ["*", "select", "delete"],
    "tables": ["*", "orders", "sales.*"],
    "databases": ["*", "/data/app.db", "db.example.com"],
    "dynamic_code": ["*", "eval", "import"],
    "deserialization": ["*", "pickle"],
    "packages": ["*", "requests", "types-*"],
}
PAYMENTS = {
    "allowed_providers": ['["stripe"]', '["*"]'],
    "allowed_payment_operations": ['["charge"]', '["charge", "refund"]', '["*"]'],
    "disallowed_currencies": ['["jpy"]', "[]"],
    "allowed_recipients": ['["acct_*"]'],
    "max_amount": ["10.00_usd", "[10.00_usd, 5_eur]", "unlimited", "0_usd"],
    "max_amount_per_session": ["20.00_usd", "unlimited"],
    "max_payments_per_day": ["3_payments"],
    "approval_above": ["0.50_usd"],
    "warn_at": ["50%"],
    "restrict_at": ["75%"],
    "halt_at": ["90%"],
}
ASKED_FOR = {"allowed_providers", "allowed_payment_operations", "max_amount"}
"""Without these nothing is paid."""
RULES = [
    'when phase != COMMIT deny "only to commit"',
    'when cost > 0.30_usd escalate "dear"',
    'when budget_ratio >= 90% or spend_velocity > 4 deny "enough"',
    'when not (time in office) warn "late"',
    'when destination matches "*.example.com" and port == 8443 deny "not that port"',
    'when has group and group in ["research", "caf\\u00e9"] warn "they watch"',
    'when turn > 3 and suggester == "b" escalate "late in the talk"',
    'when cost > 1_usd restrict "little" { max_amount: 2.00_usd }',
]
CONTEXTS = [
    {},
    {"phase": "EXPLORE", "time": "2026-03-29T02:30:00+01:00", "suggester": "b", "turn": 7},
    {"phase": "COMMIT", "time": "2026-03-02T10:00:00+01:00", "spent": {"session": "9.70 USD"}, "turn": 0},
    {
        "phase": "COMMIT",
        "time": "2026-10-25T00:30:00Z",
        "group": "caf\u00e9",
        "spent": {"session": "15.00 USD", "day": {"amounts": {}, "payments": 2}},
        "spend_velocity": 5,
        "budget_ratio": "0.9",
    },
]
_SOME = Template(("/data/", Hole.WORD, ".csv"))
OPERATIONS: list[ops.Operation] = [
    *(
        ops.ModuleImport(module=module, **_BASE)
        for module in ("os.path", "xml.etree", "cafe\u0301", "pandas.io", Unknown("computed"))
    ),
    *(
        ops.FileOperation(operation=done, paths=paths, **_BASE)
        for done, paths in (
            ("read", ("/data/a.csv",)),
            ("write", ("../data/x",)),
            ("delete", ("/data",)),
            ("list", (_SOME, "out/x")),
            (Unknown("a mode"), (Unknown("a path"),)),
        )
    ),
    *(
        ops.NetworkCall(destination=host, port=port, scheme=scheme, method="GET", **_BASE)
        for host, port, scheme in (
            ("API.example.com.", None, "https"),
            ("api.example.com", 8443, "https"),
            ("127.0.0.1", 80, "http"),
            ("stra\u00dfe.example.com", None, "https"),
            (Template(("a", Hole.WORD, ".example.com")), None, "https"),
        )
    ),
    ops.ProcessSpawn(command=("git", "log"), shell=False, programs=("/usr/bin/git", "/opt/tool"), **_BASE),
    ops.EnvironmentAccess(operation="read", names=("APP_KEY", "HOME"), **_BASE),
    ops.EnvironmentAccess(operation="list", names=(), **_BASE),
    ops.DatabaseOperation(
        operation="delete", tables=("Sales.Orders",), destination="db.example.com", **_BASE
    ),
    ops.DynamicCode(kind="eval", **_BASE),
    ops.Deserialization(format="pickle", paths=("/data/x.pkl",), **_BASE),
    ops.PackageInstall(packages=("Requests>=2", "types_x"), **_BASE),
    *(
        ops.PaymentCall(
            provider="stripe", operation=done, amount=amount, currency=currency, recipient=recipient, **_BASE
        )
        for done, amount, currency, recipient in (
            ("charge", "0.30", "USD", "acct_1"),
            ("charge", "10.00", "USD", "acct_1"),
            ("charge", "10.01", "usd", None),
            ("refund", "4.00", "EUR", "acct_2"),
            ("charge", "500", "JPY", "acct_1"),
            ("charge", Unknown("computed"), "USD", "acct_1"),
        )
    ),
]


class _Choices:
    """A linear congruential generator (Knuth's MMIX): the same numbers everywhere."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, bound: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self._state >> 33) % bound

    def some(self, items: Sequence[_T], most: int) -> list[_T]:
        return [items[self.below(len(items))] for _ in range(self.below(most + 1))]


def policy(seed: int) -> str:
    """Return the text of one policy of an agent `a`, and of what it needs."""
    choices = _Choices(seed)
    lists = [
        f"    {word}_{noun}: [{', '.join(json.dumps(entry).replace(chr(92) * 2, chr(92)) for entry in entries)}]"
        for noun, all_ in LISTS.items()
        for word in ("allowed", "disallowed")
        if (entries := choices.some(all_, 4 if word == "allowed" else 2))
        and (word == "allowed" or not choices.below(3))
    ]
    payments = [
        f"    {name}: {values[choices.below(len(values))]}"
        for name, values in PAYMENTS.items()
        if name in ASKED_FOR or not choices.below(3)
    ]
    rules = [f"  rule r{index} {{ {rule} }}" for index, rule in enumerate(RULES) if not choices.below(9)]
    return "\n".join(
        [
            'window office { zone: "Europe/Berlin" days: ["monday"] hours: "09:00-17:00" }',
            'agent "a" {',
            '  can "code_execution" with constraints {',
            *lists,
            "  }",
            '  can "payment" with constraints {',
            *payments,
            "  }",
            *rules,
            "}",
        ]
    )


def lines() -> Iterator[str]:
    """Yield a line for each policy: what became of each operation, and the digest of the whole verdict."""
    for seed in range(POLICIES):
        agent = PolicySet.parse(policy(seed), "a.policy").agent("a")
        context = Context.from_json(CONTEXTS[seed % len(CONTEXTS)])
        verdicts = [agent.judge(Program(Source("x"), (one,)), context) for one in OPERATIONS]
        letters = "".join(verdict.decision.value[0] for verdict in verdicts)
        whole: list[Any] = [agent.digest]
        for verdict in verdicts:
            whole.append(verdict.constraints)
            whole += [violation.to_json() for violation in verdict.all_violations]
            whole += [warning.to_json() for warning in verdict.all_warnings]
            whole += [opinion.to_json() for ruling in verdict.rulings for opinion in ruling.opinions]
        data = json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()
        yield f"{seed:03} {letters} {hashlib.sha256(data).hexdigest()[:16]}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines())
