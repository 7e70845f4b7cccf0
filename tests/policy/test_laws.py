"""Laws that hold for every policy and every operation."""

from __future__ import annotations

import dataclasses
import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.model.operation import (
    OPERATION_TYPES,
    DatabaseOperation,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    ModuleImport,
    NetworkCall,
    PackageInstall,
    ProcessSpawn,
)
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.values import Hole, Template, Unknown
from execgate.model.verdict import Decision, Says
from execgate.policy import PolicySet
from execgate.policy.constraints import CAPABILITIES, CONSTRAINTS, FAMILIES, ListConstraint, commands
from execgate.policy.matching import pairs, paths
from execgate.policy.matching.pairs import BadEntryError

AT = Span(1, 0, 1, 1)
BASE = {"via": "x", "location": AT}

# --- any operation ------------------------------------------------------------------------------------------

WORDS = [
    "",
    ".",
    "..",
    "/",
    "~",
    "os",
    "os.path",
    "/etc/passwd",
    "a.b.com",
    "127.0.0.1",
    "*",
    "read",
    "eval",
    "\0",
]
strings = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=[]), max_size=12)
literals = strings.filter(bool)
templates = st.lists(literals | st.sampled_from(Hole), min_size=1, max_size=4).map(
    lambda parts: Template((*parts, Hole.WORD))
)
texts = strings | templates | st.builds(Unknown, st.text(max_size=5))
several = st.lists(texts, max_size=3).map(tuple)
FIELDS = {
    "module": texts,
    "operation": strings,
    "paths": several,
    "recursive": st.booleans(),
    "destination": st.none() | texts,
    "port": st.none() | st.integers(-1, 70000) | st.builds(Unknown, st.just("why")),
    "scheme": st.none() | texts,
    "method": st.sampled_from(["GET", "listen", "resolve"]) | st.none() | texts,
    "command": texts,
    "shell": st.booleans(),
    "programs": several,
    "names": several,
    "tables": several,
    "provider": strings,
    "amount": st.none() | texts,
    "currency": st.none() | texts,
    "recipient": st.none() | texts,
    "packages": several,
    "library": strings,
    "customer": st.none() | texts,
    "tool": strings,
}
PARTLY_KNOWN = {"file_operation", "database_operation"}


def _operation(kind) -> st.SearchStrategy:
    fields = {field.name: FIELDS[field.name] for field in dataclasses.fields(kind) if field.name in FIELDS}
    if kind.word is not None:
        field, known = kind.word
        free = templates | st.builds(Unknown, st.text(max_size=5))
        fields[field] = st.sampled_from(known) | free if kind.type in PARTLY_KNOWN else st.sampled_from(known)
    return st.builds(kind, via=st.just("x"), location=st.just(AT), **fields)


operations = st.one_of([_operation(kind) for kind in OPERATION_TYPES])

ENTRIES = [
    "*",
    "os",
    "os.path",
    "o*",
    "/",
    "/etc",
    "/data/*",
    "/data/**/x",
    "~",
    "a.b.com",
    "*.b.com",
    "https://a.b.com",
    "*:*",
    "127.0.0.1",
    "a.b.com:443",
    "read",
    "write",
    "list",
    "eval",
    "kill",
    "git",
    "/opt/x",
    "HOME",
    "A_*",
    "select",
    "t",
    "s.t",
    ":memory:",
    "pickle",
    "users",
    "/srv/data:/data",
    "/srv/models:/models",
]


def _readable(constraint: ListConstraint) -> list[str]:
    found = []
    for entry in ENTRIES:
        try:
            constraint.read(entry, constraint.denies)
        except BadEntryError:
            continue
        found.append(entry)
    return found


LISTS = {
    name: _readable(one)
    for name, one in CAPABILITIES["code_execution"].items()
    if isinstance(one, ListConstraint)
}
policies = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(entries), max_size=3) for name, entries in LISTS.items()}
)


def test_every_list_has_entries_to_draw_from() -> None:
    assert [name for name, entries in LISTS.items() if not entries] == []


def compiled(lists):
    body = "\n".join(
        f"{name}: [" + ", ".join(f'"{entry}"' for entry in entries) + "]" for name, entries in lists.items()
    )
    return PolicySet.parse(f'agent "a" {{ can "code_execution" with constraints {{\n{body}\n}} }}').agent("a")


def decide(policy, operation) -> Decision:
    return policy.judge(Program(Source(""), (operation,))).decision


def test_every_type_of_operation_has_exactly_one_family() -> None:
    assert sorted(family.operation.type for family in FAMILIES) == sorted(
        kind.type for kind in OPERATION_TYPES
    )


@given(policies, operations)
def test_judging_never_raises_and_says_the_same_twice(lists, operation) -> None:
    policy = compiled(lists)
    program = Program(Source(""), (operation,))
    verdict = policy.judge(program)
    assert verdict == policy.judge(program)
    for violation in verdict.all_violations:
        for said in (violation.message, violation.help or ""):
            assert not {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} & set(map(unicodedata.category, said))
        assert violation.operation == 0
        assert violation.clause is not None
        assert violation.constraint in CONSTRAINTS or violation.constraint in {"payment", "tool"}
    assert all(ruling.evidence or ruling.violations for ruling in verdict.rulings)


@given(policies, operations, st.data())
def test_adding_a_denial_never_permits_anything(lists, operation, data) -> None:
    name = data.draw(st.sampled_from([name for name in LISTS if name.startswith("disallowed_")]))
    more = {**lists, name: [*lists.get(name, []), data.draw(st.sampled_from(LISTS[name]))]}
    if decide(compiled(lists), operation) is Decision.DENY:
        assert decide(compiled(more), operation) is Decision.DENY


@given(policies, operations)
def test_the_order_and_repetition_of_entries_change_nothing(lists, operation) -> None:
    other = {name: list(reversed(entries)) * 2 for name, entries in reversed(lists.items())}
    first, second = compiled(lists), compiled(other)
    assert first.digest == second.digest
    assert decide(first, operation) is decide(second, operation)


def says(policy, operation) -> set[tuple]:
    (ruling,) = policy.judge(Program(Source(""), (operation,))).rulings
    return {(one.constraint, one.says, one.entry, one.why) for one in ruling.opinions}


def _lets_pass(opinion: tuple) -> bool:
    constraint, said, _, _ = opinion
    silent = said is Says.SILENT and not constraint.startswith("disallowed_")
    return not silent and said not in {Says.FORBIDS, Says.UNDECIDED}


@given(policies, operations)
def test_the_opinions_of_the_clauses_are_the_decision(lists, operation) -> None:
    found = says(compiled(lists), operation)
    allowed = any(said is Says.PERMITS for _, said, _, _ in found) and all(map(_lets_pass, found))
    assert (decide(compiled(lists), operation) is Decision.ALLOW) is allowed


@given(policies, operations)
def test_every_list_that_judges_an_operation_has_an_opinion_of_it(lists, operation) -> None:
    policy = compiled(lists)
    (ruling,) = policy.judge(Program(Source(""), (operation,))).rulings
    heard = {opinion.constraint for opinion in ruling.opinions}
    assert {violation.constraint for violation in ruling.violations} & set(lists) <= heard
    for opinion in ruling.opinions:
        assert opinion.constraint in {*lists, "code_execution", "payment", "tool"}
        assert opinion.entry is None or opinion.entry in policy.constraints_json()[opinion.constraint]


@given(policies, operations)
def test_the_order_and_repetition_of_entries_change_no_opinion(lists, operation) -> None:
    other = {name: list(reversed(entries)) * 2 for name, entries in reversed(lists.items())}
    assert says(compiled(lists), operation) == says(compiled(other), operation)


def test_how_many_outcomes_are_kept_changes_nothing(monkeypatch) -> None:
    policy = compiled({"allowed_imports": ["*"], "disallowed_imports": ["os", "os.path", "o*"]})
    modules = [ModuleImport(module=module, **BASE) for module in ("os", "json", "os.path", "ox") * 2]
    before = [(decide(policy, module), says(policy, module)) for module in modules]
    monkeypatch.setattr(pairs, "MAX_OUTCOMES", 2)
    fresh = compiled({"allowed_imports": ["*"], "disallowed_imports": ["os", "os.path", "o*"]})
    assert [(decide(fresh, module), says(fresh, module)) for module in modules] == before


@given(operations)
def test_a_grant_of_tools_permits_nothing_that_code_does(operation) -> None:
    text = 'agent "a" { can "tool" with constraints { allowed_executed_tools: ["*"] } }'
    verdict = PolicySet.parse(text).judge(Program(Source(""), (operation,), action="tool_call"), "a")
    assert verdict.decision is Decision.DENY or operation.type == "tool_call"


@given(policies, operations)
def test_the_canonical_form_is_the_same_policy(lists, operation) -> None:
    policy = compiled(lists)
    again = PolicySet.parse(policy.canonical).agent("a")
    assert again.canonical == policy.canonical
    assert again.digest == policy.digest
    assert again.limits == policy.limits
    assert again.constraints_json() == policy.constraints_json()
    assert decide(again, operation) is decide(policy, operation)


@given(
    st.lists(st.sampled_from(["a", "*", "**", "..", ".", "a*", "~", "x y", "x ", ""]), max_size=6),
    st.booleans(),
)
def test_the_canonical_form_of_a_path_is_the_same_path(parts, absolute) -> None:
    try:
        shape = paths.entry("/" * absolute + "/".join(parts))
    except BadEntryError:
        return
    assert paths.entry(shape.text) == shape


@given(st.lists(st.sampled_from(["a", "git", "..", ".", "", "x*"]), min_size=1, max_size=6), st.booleans())
def test_the_canonical_form_of_a_command_is_the_same_command(parts, denies) -> None:
    try:
        (shape,) = commands.read("/".join(parts), denies)
    except BadEntryError:
        return
    assert commands.read(shape.text, denies) == (shape,)


@pytest.mark.parametrize(
    ("constraint", "spellings"),
    [
        ("allowed_commands", ["/opt/x", "/opt//x", "//opt/./x"]),
        ("allowed_commands", ["./a/x", "a/x", "a/./x"]),
        ("allowed_commands", ["git", "/bin/git", "/usr/local/bin/git"]),
        ("allowed_file_paths", ["/data", "/data/", "/data/**", "//data/./x/.."]),
        ("allowed_file_paths", ["/", "*", "/**", "/.."]),
        ("allowed_file_paths", ["out", "./out", "/workspace/out/"]),
        ("allowed_hosts", ["x.com", "X.COM.", "\uff58.com"]),
        ("allowed_hosts", ["127.0.0.1", "127.1", "0x7f000001", "[::ffff:7f00:1]"]),
        ("allowed_packages", ["a-b", "A__B", "a.b"]),
        ("allowed_tables", ["s.t", "S.T"]),
        ("max_memory", ["1_gb", "1000_megabytes", "1_000_000_kb"]),
        ("max_execution_time", ["90_s", "1.5_minutes", "90000.0_ms"]),
    ],
)
def test_two_spellings_of_one_policy_have_one_digest(constraint, spellings) -> None:
    def digest(value: str) -> str:
        given = value if constraint.startswith("max_") else f'["{value}"]'
        text = f'agent "a" {{ can "code_execution" with constraints {{ {constraint}: {given} }} }}'
        return PolicySet.parse(text).agent("a").digest

    assert len({digest(value) for value in spellings}) == 1
    other = {"max_memory": "1_kb", "max_execution_time": "1_s"}.get(constraint, "other")
    assert digest(spellings[0]) != digest(other)


EVERYTHING = {name: ["*"] for name in LISTS if name.startswith("allowed_")}


@pytest.mark.parametrize(
    "operation",
    [
        ModuleImport(module=Unknown("why"), **BASE),
        FileOperation(operation=Unknown("why"), paths=("/x",), **BASE),
        FileOperation(operation="read", paths=("/x", Unknown("why")), **BASE),
        FileOperation(operation="read", paths=(Template(("/x/", Hole.ANY)),), **BASE),
        NetworkCall(destination=Unknown("why"), scheme="https", **BASE),
        NetworkCall(destination="a.com", port=Unknown("why"), scheme="https", **BASE),
        NetworkCall(destination="a.com", scheme=Unknown("why"), **BASE),
        NetworkCall(destination=None, scheme="https", **BASE),
        ProcessSpawn(command="x", shell=True, programs=("ls", Unknown("why")), **BASE),
        ProcessSpawn(command=Unknown("why"), shell=True, programs=(), **BASE),
        EnvironmentAccess(operation="read", names=(Unknown("why"),), **BASE),
        EnvironmentAccess(operation="list", names=(Unknown("why"),), **BASE),
        DatabaseOperation(operation=Unknown("why"), tables=(), destination="a.com", **BASE),
        DatabaseOperation(operation="select", tables=(Unknown("why"),), destination="a.com", **BASE),
        DatabaseOperation(operation="select", tables=("t",), destination=Unknown("why"), **BASE),
        PackageInstall(packages=(Unknown("why"),), **BASE),
    ],
)
def test_what_is_unknown_satisfies_no_list_not_even_everything(operation) -> None:
    assert decide(compiled(EVERYTHING), operation) is Decision.DENY


def test_everything_known_is_permitted_by_everything() -> None:
    everything = compiled(EVERYTHING)
    for operation in (
        ModuleImport(module="os", **BASE),
        FileOperation(operation="execute", paths=("/x",), **BASE),
        NetworkCall(destination="a.com", scheme="https", **BASE),
        ProcessSpawn(command="x", shell=True, programs=("ls",), **BASE),
        EnvironmentAccess(operation="list", names=(), **BASE),
        DatabaseOperation(operation="drop", tables=("t",), destination="a.com", **BASE),
        PackageInstall(packages=("x",), **BASE),
        DynamicCode(kind="eval", **BASE),
    ):
        assert decide(everything, operation) is Decision.ALLOW, operation


# --- partly known values: permitted only where every instance is -------------------------------------------

HOLES = ["a", "x", "b", "os", "a.b", ".x", "x.", "-", "etc", "evil.com", "1", "..."]
PARTS = {
    "paths": ["/", "/data/", "etc", "..", "/../", ".csv", "a", "x", "."],
    "module": ["os", ".", "a", "a.", ".b"],
    "destination": ["a.", ".b.com", ".com", "b", ".internal", "127.", ".1"],
    "names": ["A_", "x", "HOME"],
    "programs": ["/usr/bin/", "/opt/", "git", "x", "./"],
    "tables": ["s.", "t", "."],
    "packages": ["x", "-", "=="],
}
ENTRIES_OF = {
    "paths": (
        "file_paths",
        ["/", "/data", "/data/*", "/data/**/x", "/etc", "/data/a*", "/*/x", ".", "/data/*.csv", "/**/a"],
    ),
    "module": ("imports", ["*", "os", "a", "a.b", "a*", "*.b", "a.*", "os.x"]),
    "destination": ("hosts", ["*", "*.b.com", "a.b.com", "*.com", "*.internal", "a.b", "b.com", "127.0.0.1"]),
    "names": ("environment", ["*", "A_*", "A_a", "*x", "HOME"]),
    "programs": ("commands", ["*", "git*", "gita", "/opt/a", "a", "*x"]),
    "tables": ("tables", ["*", "t", "s.t", "s.*", "t*", "a"]),
    "packages": ("packages", ["*", "x*", "x", "x-a", "a"]),
}


def _make(field: str, value):
    if field == "paths":
        return FileOperation(operation="read", paths=(value,), **BASE)
    if field == "module":
        return ModuleImport(module=value, **BASE)
    if field == "destination":
        return NetworkCall(destination=value, scheme="https", **BASE)
    if field == "names":
        return EnvironmentAccess(operation="read", names=(value,), **BASE)
    if field == "programs":
        return ProcessSpawn(command="x", shell=False, programs=(value,), **BASE)
    if field == "tables":
        return DatabaseOperation(operation="select", tables=(value,), **BASE)
    return PackageInstall(packages=(value,), **BASE)


def _names_something(field: str, text: str) -> bool:
    """Whether an instance is a name at all: what is none can't be reached, and is denied for that."""
    if field in {"module", "destination"}:
        return all(part and part.strip("-.") == part for part in text.split("."))
    return True


@given(st.sampled_from(sorted(PARTS)), st.data())
def test_a_partly_known_value_is_permitted_only_where_all_that_it_can_be_is(field, data) -> None:
    noun, entries = ENTRIES_OF[field]
    chosen = st.lists(st.sampled_from(entries), max_size=3)
    lists = {f"allowed_{noun}": data.draw(chosen), f"disallowed_{noun}": data.draw(chosen)}
    lists["allowed_file_operations"] = ["read"]
    lists["allowed_database_operations"] = ["select"]
    policy = compiled(lists)
    parts = data.draw(
        st.lists(st.sampled_from(PARTS[field]) | st.just(Hole.WORD), min_size=1, max_size=4).filter(
            lambda parts: Hole.WORD in parts and parts.count(Hole.WORD) <= 2
        )
    )
    if decide(policy, _make(field, Template(tuple(parts)))) is not Decision.ALLOW:
        return
    for words in itertools.product(HOLES, repeat=parts.count(Hole.WORD)):
        fillings = iter(words)
        text = "".join(next(fillings) if part is Hole.WORD else part for part in parts)
        if _names_something(field, text):
            assert decide(policy, _make(field, text)) is Decision.ALLOW, (lists, parts, text)
