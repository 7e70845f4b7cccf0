"""The language: what parses, what it means, and its one canonical form."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.errors import PolicyError, UnknownAgentError
from execgate.model.limits import Limits
from execgate.policy import PolicySet
from execgate.policy.constraints import (
    CAPABILITIES,
    CAPABILITY_OF,
    CONSTRAINTS,
    FAMILIES,
    LIMITS,
    PAYMENT_LIMITS,
    RUNNING,
)
from execgate.policy.constraints import __path__ as constraint_folder
from execgate.policy.language import tokens


def test_comments_lists_over_lines_and_trailing_commas() -> None:
    text = """\ufeff// a line
# another
agent "x" { /* one * two ** /
three **/ can "code_execution" with constraint { // so
  allowed_imports: [
    "a", # first
    "b//not a comment",
  ]
  allowed_hosts: [ ]
  max_processes: /**/ 4
} }
agent "y" {}"""
    with pytest.raises(PolicyError, match="b//not a comment"):
        PolicySet.parse(text)
    policies = PolicySet.parse(text.replace("//not a comment", ""))
    assert policies.agents == ("x", "y")
    constraints = policies.agent("x").constraints_json()
    assert (constraints["allowed_imports"], constraints["allowed_hosts"]) == (["a", "b"], [])
    assert policies.agent("x").limits.processes == 4


def test_windows_line_ends_and_missing_spaces_are_fine() -> None:
    text = 'agent"x"{can"code_execution"with constraints{max_memory:1_gb\r\nmax_cpus:2}}\r\n'
    assert PolicySet.parse(text).agent("x").limits == Limits(memory_bytes=10**9, cpus=2.0)


def test_strings_have_the_escapes_of_json() -> None:
    text = r'agent "a\"b\\c\u00e9 \/" { }'
    assert PolicySet.parse(text).agents == ('a"b\\c\u00e9 /',)


@pytest.mark.parametrize(
    ("constraint", "field", "expected"),
    [
        ("max_execution_time: 30_seconds", "wall_s", 30.0),
        ("max_execution_time: 1_second", "wall_s", 1.0),
        ("max_execution_time: 1_s", "wall_s", 1.0),
        ("max_execution_time: 250_milliseconds", "wall_s", 0.25),
        ("max_execution_time: 1_ms", "wall_s", 0.001),
        ("max_execution_time: 1.5_minutes", "wall_s", 90.0),
        ("max_execution_time: 2_hours", "wall_s", 7200.0),
        ("max_execution_time: 0.1_seconds", "wall_s", 0.1),
        ("max_execution_time: unlimited", "wall_s", None),
        ("max_memory: 1_gigabyte", "memory_bytes", 10**9),
        ("max_memory: 1_gibibyte", "memory_bytes", 2**30),
        ("max_memory: 100_megabytes", "memory_bytes", 10**8),
        ("max_memory: 512_mebibytes", "memory_bytes", 2**29),
        ("max_memory: 2.5_kilobytes", "memory_bytes", 2500),
        ("max_memory: 1_kibibyte", "memory_bytes", 1024),
        ("max_memory: 1_tb", "memory_bytes", 10**12),
        ("max_memory: 1_tib", "memory_bytes", 2**40),
        ("max_memory: 1_000_000_bytes", "memory_bytes", 10**6),
        ("max_memory: 9223372036854775807_bytes", "memory_bytes", 2**63 - 1),
        ("max_memory: 4503599627370497.001_kilobytes", "memory_bytes", 4503599627370497001),
        ("max_memory: unlimited", "memory_bytes", None),
        ("max_cpus: 2", "cpus", 2.0),
        ("max_cpus: 0.5_cpus", "cpus", 0.5),
        ("max_cpus: 1_cpu", "cpus", 1.0),
        ("max_processes: 10", "processes", 10),
        ("max_processes: 1_process", "processes", 1),
        ("max_output: 10_kilobytes", "output_bytes", 10_000),
        ("max_disk: 1_byte", "disk_bytes", 1),
    ],
)
def test_limits_are_exact(agent, constraint, field, expected) -> None:
    policy = agent(constraint)
    assert policy.limits == Limits(**{**Limits().to_json(), field: expected})
    assert PolicySet.parse(policy.canonical).agent("a").limits == policy.limits


@given(st.decimals(min_value="0.001", max_value=10**9, places=3))
def test_times_come_back_from_the_canonical_form(seconds: Decimal) -> None:
    text = (
        f'agent "a" {{ can "code_execution" with constraints {{ max_execution_time: {seconds}_seconds }} }}'
    )
    policy = PolicySet.parse(text).agent("a")
    assert PolicySet.parse(policy.canonical).agent("a").digest == policy.digest
    assert policy.limits.wall_s == float(seconds)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('allowed_imports: ["a", "b"]', 'allowed_imports: ["b", "a", "a",]'),
        ('allowed_file_operations: "read_only"', 'allowed_file_operations: ["stat", "read", "list"]'),
        ('allowed_file_operations: "none"', "allowed_file_operations: []"),
        ('allowed_file_paths: ["/data/x/"]', 'allowed_file_paths: ["/data/./y/../x/**"]'),
        ('allowed_file_paths: ["out"]', 'allowed_file_paths: ["/workspace/out/"]'),
        ('allowed_file_paths: ["~"]', 'allowed_file_paths: ["/home/agent"]'),
        ('allowed_file_paths: ["*"]', 'allowed_file_paths: ["/"]'),
        (
            'allowed_hosts: ["HTTPS://B\u00dccher.example."]',
            'allowed_hosts: ["https://xn--bcher-kva.example"]',
        ),
        ('allowed_hosts: ["0x7f.1:80"]', 'allowed_hosts: ["127.0.0.1:080"]'),
        ('allowed_hosts: ["[0::1]"]', 'allowed_hosts: ["::1"]'),
        ('allowed_commands: ["/usr/bin/git"]', 'allowed_commands: ["git"]'),
        ('allowed_packages: ["Typing_Extensions"]', 'allowed_packages: ["typing-extensions"]'),
        ('allowed_tables: ["Sales.Orders"]', 'allowed_tables: ["sales.orders"]'),
        ("max_memory: 1_gigabyte", "max_memory: 1000.0_megabytes"),
        ("max_execution_time: 90_seconds", "max_execution_time: 1.50_minutes"),
        ("max_execution_time: 30_seconds", ""),
        ("max_cpus: 1", "max_cpus: 1.0_cores"),
    ],
)
def test_what_means_the_same_has_the_same_digest(agent, one, other) -> None:
    assert agent(one).canonical == agent(other).canonical
    assert agent(one).digest == agent(other).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", "allowed_imports: []"),
        ('allowed_imports: ["a"]', 'disallowed_imports: ["a"]'),
        ('allowed_file_paths: ["/data/*"]', 'allowed_file_paths: ["/data/*/"]'),
        ('allowed_hosts: ["a.com"]', 'allowed_hosts: ["a.com:443"]'),
        ("max_memory: 1_gigabyte", "max_memory: 1_gibibyte"),
        ("max_memory: unlimited", ""),
    ],
)
def test_what_means_something_else_has_another_digest(agent, one, other) -> None:
    assert agent(one).digest != agent(other).digest


def test_the_canonical_form_is_plain_and_whole(agent) -> None:
    policy = agent(
        'allowed_hosts: ["*.b\u00fccher.example:*"] disallowed_imports: ["os"] max_memory: 1.5_kilobytes'
    )
    assert policy.canonical == (
        'agent "a" {\n'
        '  can "code_execution" with constraints {\n'
        '    allowed_hosts: ["*.xn--bcher-kva.example:*"]\n'
        '    disallowed_imports: ["os"]\n'
        "    max_cpus: 1_cpus\n"
        "    max_disk: 64000000_bytes\n"
        "    max_execution_time: 30_seconds\n"
        "    max_memory: 1500_bytes\n"
        "    max_output: 1000000_bytes\n"
        "    max_processes: 32_processes\n"
        "  }\n"
        "}\n"
    )
    assert policy.digest == "sha256:" + hashlib.sha256(policy.canonical.encode()).hexdigest()


def test_the_name_of_an_agent_is_part_of_its_digest() -> None:
    policies = PolicySet.parse('agent "x" {} agent "y" {}')
    assert policies.agent("x").digest != policies.agent("y").digest


def test_an_unknown_agent_is_an_error_that_names_those_there_are() -> None:
    policies = PolicySet.parse('agent "coder" {} agent "critic" {}')
    with pytest.raises(UnknownAgentError) as caught:
        policies.agent("codre")
    assert caught.value.message == "no policy for agent `codre`; there are: coder, critic"
    assert caught.value.help == "did you mean `coder`?"
    with pytest.raises(UnknownAgentError) as caught:
        policies.agent("\u202e\n")
    assert caught.value.message == "no policy for agent `\\u{202e}\\n`; there are: coder, critic"
    assert caught.value.help == "name an agent that there is, or add one"


def test_of_many_agents_the_first_are_named() -> None:
    policies = PolicySet.parse(" ".join(f'agent "a{number}" {{}}' for number in range(25)))
    with pytest.raises(UnknownAgentError, match=r"a18, a19 and 5 more$"):
        policies.agent("zzz")


def test_every_file_of_constraints_has_its_line_in_the_table() -> None:
    files = {path.stem for path in Path(constraint_folder[0]).glob("*.py")} - {
        "__init__",
        "about",
        "capabilities",
        "_family",
        "limits",
        "gates",
        "quantities",
        "reading",
        "running",
        "spending",
        "turns",
    }
    modules = {name: import_module(f"execgate.policy.constraints.{name}") for name in files}
    missing = [
        name for name, module in modules.items() if not all(family in FAMILIES for family in module.FAMILIES)
    ]
    assert missing == []
    assert sum(len(module.FAMILIES) for module in modules.values()) == len(FAMILIES)


def test_every_constraint_has_a_name_of_its_own_and_a_twin() -> None:
    names = [one.name for family in FAMILIES for one in family.constraints]
    names += [one.name for one in (*LIMITS, *PAYMENT_LIMITS, *RUNNING)]
    assert len(names) == len(set(names)) == len(CONSTRAINTS)
    assert set(names) == set(CAPABILITY_OF) == {name for each in CAPABILITIES.values() for name in each}
    allowing = {name.removeprefix("allowed_") for name in names if name.startswith("allowed_")}
    denying = {name.removeprefix("disallowed_") for name in names if name.startswith("disallowed_")}
    assert denying - allowing == {"opaque_libraries"}
    assert not allowing - denying


def test_no_two_terminals_of_the_grammar_collide() -> None:
    parser = tokens.grammar(strict=True)
    assert parser.parse('agent "a" { }').data == "start"
