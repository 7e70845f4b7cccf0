"""The policy's decision: with short and long lists, few and many agents, beside Cedar and agent-os-kernel.

A decision is one operation that is judged by its value, with what every clause says of it: the entries that
cover it, and the lists that don't.  Operations take turns, so that nothing is asked twice in a row, and what
is compared takes turns in batches, so that none finds another's data in the processor's cache.

The group `bench` (cedarpy, agent-os-kernel) adds the rows of others, whose policies are parsed once.  They
get the same rules as far as they can say them, and the caller's work is done for them beforehand: what a
module is below of, and which folder a file is in.

Cedar      A policy per entry (`context.value like "/data/set1/*"`) or, faster, one policy with the set of all
           entries, which then can't say which entry decided.  `like` knows no path: `*` crosses folders, `..`
           is two dots, and a host in another spelling is another host.  A forbid always wins, be it the
           less specific.
agent-os   A rule per entry, by the equality of one field, or the module in the list of what it is below of.
           The first that matches, by priority, decides and is the only one named.  No paths, hosts or partly
           known values, and nothing that is more specific than another.
"""

from __future__ import annotations

import functools
import importlib.util
import itertools
import statistics
import sys
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.measure import Row, interleaved, seconds
from execgate.analysis import analyze
from execgate.model.operation import FileOperation, ModuleImport, NetworkCall, Operation
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.policy import PolicySet
from execgate.policy.language import tokens

ENTRIES = (10, 100, 1_000, 10_000)
AGENTS = (10, 100, 1_000, 10_000)
LOADED = (100, 1_000)
ROUNDS = 200
BATCH = 25
"""How many decisions are timed at once, of which each is another one's turn."""
LOADS = 7
DIFFERENT = 500
"""How many operations take turns."""
ASKED = 100
"""How many of the agents are asked, from the first to the last."""

BUDGET_S = 1.0
"""How long a slow one is timed at most, about."""

SOURCE = """
import library3.part
with open("/data/set3/orders.csv") as table:
    table.read()
import requests
requests.get("https://api3.example.com/v1/rates")
"""

_AT = Span(1, 0, 1, 1)


def measure() -> list[Row]:
    """Return the times of decisions and of loading, each as a ratio to what it is compared with."""
    return [*_entries(), *_agents(), *_loading(), *_cedar(), *_agent_os()]


# --- how long the lists are ---------------------------------------------------------------------------------


def _entries() -> list[Row]:
    rows = []
    sets = {count: PolicySet.parse(_agent("bench", count)) for count in ENTRIES}
    for what, make in (*_OPERATIONS.items(), ("program of three operations", _three)):
        timed = {count: _decisions(sets[count], ["bench"], make, count) for count in ENTRIES}
        few, *more = _batches(*timed.values())
        rows += [
            _row(f"{what}, {count:,} entries a list", time, f"{ENTRIES[0]} entries", few)
            for count, time in zip(ENTRIES[1:], more, strict=True)
        ]
    for what, make in _OPERATIONS.items():
        denied = _decisions(sets[1_000], ["bench"], _elsewhere(make), 1_000, allowed=False)
        allowed = _decisions(sets[1_000], ["bench"], make, 1_000)
        times = _batches(denied, allowed)
        rows.append(_row(f"{what}, denied with its help", times[0], "allowed", times[1]))
    return rows


def _import(n: int) -> Operation:
    return ModuleImport(module=f"library{n}.part.inner", via="import", location=_AT)


def _file(n: int) -> Operation:
    return FileOperation(operation="read", paths=(f"/data/set{n}/orders.csv",), via="open", location=_AT)


def _host(n: int) -> Operation:
    return NetworkCall(
        destination=f"api{n}.example.com", scheme="https", method="GET", via="requests.get", location=_AT
    )


_OPERATIONS: dict[str, Callable[[int], Operation]] = {"import": _import, "file": _file, "host": _host}


def _three(n: int) -> tuple[Operation, ...]:
    return (_import(n), _file(n), _host(n))


def _any(n: int) -> Operation:
    return (_import, _file, _host)[n % 3](n)


def _elsewhere(make: Callable[[int], Operation]) -> Callable[[int], Operation]:
    return lambda n: make(n + 1_000_000)


def _decisions(
    policies: PolicySet,
    agents: Sequence[str],
    make: Callable[[int], Any],
    entries: int,
    *,
    allowed: bool = True,
) -> Callable[[], object]:
    """Return what looks the next agent up and judges the next operation, after it was seen to be right."""
    programs = []
    for n in range(DIFFERENT):
        made = make(n * 7_919 % entries)
        programs.append(Program(Source(SOURCE), made if isinstance(made, tuple) else (made,)))
    for program in programs:
        verdict = policies.judge(program, agents[0])
        if verdict.allowed is not allowed or not all(ruling.opinions for ruling in verdict.rulings):
            raise AssertionError(f"not the verdict that was meant: {verdict.all_violations}")
    for agent in agents:
        policies.judge(programs[0], agent)
    turns = itertools.cycle(programs)
    names = itertools.cycle(agents)
    return lambda: policies.judge(next(turns), next(names))


def _in_turn(ask: Callable[[Any], object], what: Sequence[Any]) -> Callable[[], object]:
    turns = itertools.cycle(what)
    return lambda: ask(next(turns))


def _batches(*timed: Callable[[], object]) -> list[float]:
    """Return the median of each, timed in batches that take turns."""
    many = [lambda action=action: [action() for _ in range(BATCH)] for action in timed]
    return [time / BATCH for time in interleaved(ROUNDS, *many)]


def _alone(action: Callable[[], object]) -> float:
    """Return the median, timed by itself: what is slow would leave the others a cold cache."""
    rounds = min(ROUNDS * BATCH, max(LOADS, int(BUDGET_S / seconds(action))))
    return statistics.median(seconds(action) for _ in range(rounds))


# --- how many agents ----------------------------------------------------------------------------------------


def _agents() -> list[Row]:
    timed = []
    for count in AGENTS:
        names = [f"agent_{n}" for n in range(count)]
        # A text is bounded in length, and a set is not.
        policies = PolicySet(
            agent
            for start in range(0, count, LOADED[-1])
            for agent in PolicySet.parse("".join(_agent(name, 3) for name in names[start : start + 1_000]))
        )
        timed.append(_decisions(policies, names[:: max(1, count // ASKED)], _import, 3))
    few, *more = _batches(*timed)
    return [
        _row(f"lookup and import, {count:,} agents", time, f"{AGENTS[0]} agents", few)
        for count, time in zip(AGENTS[1:], more, strict=True)
    ]


# --- loading ------------------------------------------------------------------------------------------------


def _loading() -> list[Row]:
    few, many = ("".join(_agent(f"agent_{n}", 3) for n in range(count)) for count in LOADED)
    tokens.grammar()
    times = interleaved(
        LOADS,
        lambda: PolicySet.parse(many),
        lambda: PolicySet.parse(few),
        tokens.grammar.__wrapped__,
        lambda: analyze(Source(SOURCE)),
    )
    row = Row(
        *("policy", f"loading {LOADED[1]:,} agents", times[0]),
        *(f"loading {LOADED[0]}", times[1]),
        LOADS,
        note=f"{len(many) // 1000} kB",
    )
    grammar = Row(
        *("policy", "building the grammar, once a process", times[2]),
        *("analysing five lines", times[3]),
        LOADS,
    )
    return [row, grammar]


def _agent(name: str, count: int) -> str:
    """Return an agent with `count` entries in each list, of which no two begin alike."""
    modules = [f'"library{n}.part"' for n in range(count)]
    paths = [f'"/data/set{n}/*"' for n in range(count)]
    hosts = [f'"https://api{n}.example.com"' for n in range(count)]
    return f"""
agent "{name}" {{
  can "code_execution" with constraints {{
    allowed_imports: [{", ".join(modules)}]
    disallowed_imports: ["os", "subprocess", "sys"]
    allowed_file_operations: ["read", "write"]
    allowed_file_paths: [{", ".join(paths)}]
    allowed_hosts: [{", ".join(hosts)}]
    max_execution_time: 30_seconds
    max_memory: 1_gigabyte
  }}
}}
"""


# --- others -------------------------------------------------------------------------------------------------


def _cedar() -> list[Row]:
    if not _installed("cedarpy", "Cedar"):
        return []
    import cedarpy

    ask = cedarpy.is_authorized
    rows = []
    for count in ENTRIES:
        each = cedarpy.PolicySet.from_str(_cedar_policies(count))
        whole = cedarpy.PolicySet.from_str(_cedar_sets(count))
        requests = [_cedar_request(_any(n * 7_919 % count)) for n in range(DIFFERENT)]
        for policies, request in itertools.product((each, whole), requests[:20]):
            answer = ask(request, policies, [])
            if answer.decision is not cedarpy.Decision.Allow:
                raise AssertionError(f"Cedar was to allow {request}: {answer.diagnostics.errors}")
        times = [
            _alone(_in_turn(functools.partial(ask, policies=each, entities=[]), requests)),
            _alone(_in_turn(functools.partial(ask, policies=whole, entities=[]), requests)),
            _alone(_decisions(PolicySet.parse(_agent("bench", count)), ["bench"], _any, count)),
        ]
        note = "can't say which entry decided"
        rows += [
            _row(f"Cedar, {count:,} entries a list, each a policy", times[0], "execgate", times[2]),
            _row(
                f"Cedar, {count:,} entries a list, each list a policy", times[1], "execgate", times[2], note
            ),
        ]
    return rows


def _cedar_policies(count: int) -> str:
    """Return a policy per entry, and one that forbids each disallowed import."""
    lines = []
    for n in range(count):
        module = f"library{n}.part"
        lines += [
            _permit("import", f'context.value == "{module}" || context.value like "{module}.*"'),
            _permit("read", f'context.value like "/data/set{n}/*"'),
            _permit("connect", f'context.scheme == "https" && context.value == "api{n}.example.com"'),
        ]
    return "\n".join([*lines, *_cedar_forbidden()])


def _cedar_sets(count: int) -> str:
    """Return one policy per list, with all its entries as one set."""
    modules = ", ".join(f'"library{n}.part"' for n in range(count))
    folders = ", ".join(f'"/data/set{n}"' for n in range(count))
    hosts = ", ".join(f'"api{n}.example.com"' for n in range(count))
    return "\n".join(
        [
            _permit("import", f"[{modules}].containsAny(context.above)"),
            _permit("read", f"[{folders}].contains(context.folder)"),
            _permit("connect", f'context.scheme == "https" && [{hosts}].contains(context.value)'),
            *_cedar_forbidden(),
        ]
    )


def _permit(action: str, condition: str) -> str:
    head = f'principal == Agent::"bench", action == Action::"{action}", resource'
    return f"permit({head}) when {{ {condition} }};"


def _cedar_forbidden() -> list[str]:
    return [
        f'forbid(principal == Agent::"bench", action == Action::"import", resource) '
        f'when {{ context.value == "{name}" || context.value like "{name}.*" }};'
        for name in ("os", "subprocess", "sys")
    ]


def _cedar_request(operation: Operation) -> dict[str, Any]:
    context: dict[str, Any]
    if isinstance(operation, ModuleImport):
        action, context = "import", {"value": operation.module, "above": _above(operation)}
    elif isinstance(operation, FileOperation):
        path = str(operation.paths[0])
        action, context = "read", {"value": path, "folder": path.rpartition("/")[0]}
    else:
        assert isinstance(operation, NetworkCall)
        action, context = "connect", {"value": operation.destination, "scheme": operation.scheme}
    return {
        "principal": 'Agent::"bench"',
        "action": f'Action::"{action}"',
        "resource": 'Sandbox::"it"',
        "context": context,
    }


def _agent_os() -> list[Row]:
    if not _installed("agent_os", "agent-os-kernel"):
        return []
    from agent_os.policies.evaluator import PolicyEvaluator
    from agent_os.policies.schema import PolicyDocument

    rows = []
    for count in ENTRIES:
        evaluator = PolicyEvaluator([PolicyDocument.model_validate(_agent_os_document(count))])
        contexts = [_agent_os_context(_any(n * 7_919 % count)) for n in range(DIFFERENT)]
        for context in contexts[:20]:
            if not evaluator.evaluate(context).allowed:
                raise AssertionError(f"agent-os-kernel was to allow {context}")
        times = [
            _alone(_in_turn(evaluator.evaluate, contexts)),
            _alone(_decisions(PolicySet.parse(_agent("bench", count)), ["bench"], _any, count)),
        ]
        rows.append(_row(f"agent-os-kernel, {count:,} entries a list", times[0], "execgate", times[1]))
    return rows


def _agent_os_document(count: int) -> dict[str, Any]:
    def rule(name: str, field: str, operator: str, value: str, action: str = "allow") -> dict[str, Any]:
        condition = {"field": field, "operator": operator, "value": value}
        return {"name": name, "condition": condition, "action": action, "priority": int(action == "deny")}

    rules = [rule(f"no {name}", "above", "contains", name, "deny") for name in ("os", "subprocess", "sys")]
    for n in range(count):
        rules += [
            rule(f"import {n}", "above", "contains", f"library{n}.part"),
            rule(f"path {n}", "folder", "eq", f"/data/set{n}"),
            rule(f"host {n}", "host", "eq", f"https://api{n}.example.com"),
        ]
    return {"name": "bench", "rules": rules, "defaults": {"action": "deny"}}


def _agent_os_context(operation: Operation) -> dict[str, Any]:
    if isinstance(operation, ModuleImport):
        return {"above": _above(operation)}
    if isinstance(operation, FileOperation):
        return {"folder": str(operation.paths[0]).rpartition("/")[0]}
    assert isinstance(operation, NetworkCall)
    return {"host": f"{operation.scheme}://{operation.destination}"}


def _above(operation: ModuleImport) -> list[str]:
    """Return the module and all that it is below of."""
    parts = str(operation.module).split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _installed(module: str, name: str) -> bool:
    if importlib.util.find_spec(module) is not None:
        return True
    print(f"{name} is not installed: its rows are left out", file=sys.stderr)
    return False


def _row(what: str, time: float, against: str, against_time: float, note: str = "") -> Row:
    return Row("policy", what, time, against, against_time, ROUNDS, note=note)
