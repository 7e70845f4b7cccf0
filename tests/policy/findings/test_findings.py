"""What is doubtful in a policy that loads: each kind with its nearest that is not."""

from __future__ import annotations

import pytest

from execgate.policy.findings import check, find
from execgate.policy.language.text import PolicyText
from execgate.policy.search import TooMuchWorkError


def found(*texts: str) -> list[str]:
    checked = find(PolicyText(f"{name}.policy", text) for name, text in zip("abc", texts, strict=False))
    assert checked.error is None
    return [
        f"{one.clause.span.line}:{one.clause.span.column + 1} {one.severity.value}: {one.message}"
        for one in checked.findings
    ]


def code(body: str) -> str:
    return f'agent "a" {{ can "code_execution" with constraints {{\n{body}\n}} }}'


def payment(body: str) -> str:
    return f'agent "a" {{ can "payment" with constraints {{\n{body}\n}} }}'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('allowed_imports: ["json", "os"]', []),
        (
            'allowed_imports: ["json", "os", "json"]',
            ["2:33 warning: `json` in `allowed_imports` a second time"],
        ),
        (
            'allowed_imports: ["os", "os.path"]',
            ["2:25 warning: `os.path` in `allowed_imports` decides nothing: `os` covers it"],
        ),
        ('allowed_imports: ["os", "os.path.join"] disallowed_imports: ["os.path"]', []),
        (
            'disallowed_imports: ["os.path", "os"]',
            ["2:22 warning: `os.path` in `disallowed_imports` decides nothing: `os` covers it"],
        ),
        ('allowed_imports: ["os", "os.path"] disallowed_imports: ["os.path.join", "os"]', ["2:19"]),
        (
            'allowed_imports: ["json", "os"] disallowed_imports: ["os"]',
            [
                "2:27 warning: `os` in `allowed_imports` permits nothing: `os` in `disallowed_imports` forbids it"
            ],
        ),
        ('allowed_imports: ["os.path"] disallowed_imports: ["os"]', ["2:51 note:"]),
        (
            'allowed_imports: ["json"] disallowed_imports: ["os", "sys"]',
            ["2:48 note: `os` and `sys` in `disallowed_imports` forbid what nothing allows anyway"],
        ),
        ('allowed_imports: ["*"] disallowed_imports: ["os"]', []),
        ('disallowed_imports: ["os"]', []),
        ('disallowed_hosts: ["a.com"]', ["2:20 note: `a.com` in `disallowed_hosts` forbids what"]),
        (
            'allowed_hosts: ["*", "api.example.com"]',
            ["2:22 warning: `api.example.com` in `allowed_hosts` decides"],
        ),
        ('allowed_hosts: ["*", "127.0.0.1", "api.example.com:8080", "localhost"]', []),
        (
            'allowed_file_operations: "read_only" allowed_file_paths: ["/data", "/data/x/*"]',
            ["2:68 warning:"],
        ),
        ('allowed_file_operations: ["read", "stat"]', ["2:35 warning: `stat` in `allowed_file_operations`"]),
        (
            'allowed_file_paths: ["/data"]',
            [
                "2:21 warning: `allowed_file_paths` permits nothing: `allowed_file_operations` permits no operation"
            ],
        ),
        ('allowed_file_paths: ["/data"] allowed_file_operations: []', ["2:21 warning:"]),
        ('allowed_tables: ["orders"]', ["2:17 warning: `allowed_tables` permits nothing"]),
        ("allowed_file_paths: []", []),
    ],
)
def test_entries_that_never_decide(body, expected) -> None:
    lines = found(code(body))
    assert len(lines) == len(expected)
    for line, start in zip(lines, expected, strict=True):
        assert line.startswith(start)


NEEDED = 'allowed_providers: ["stripe"] allowed_payment_operations: ["charge"]'
UNRESTRICTED = f'{NEEDED} max_amount: 1_usd restricted_payment_operations: ["refund"]'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{NEEDED} max_amount: 1_usd", []),
        (NEEDED, ['1:13 warning: `can "payment"` permits no payment without `max_amount`']),
        (
            "allowed_providers: [] max_amount: 1_usd",
            [
                '1:13 warning: `can "payment"` permits no payment without `allowed_providers` and `allowed_pay',
            ],
        ),
        (f"{NEEDED}\nmax_amount: 10_usd max_amount_per_day: 10_usd", []),
        (
            f"{NEEDED}\nmax_amount: 10_usd max_amount_per_day: 9_usd",
            ["3:13 warning: `max_amount` is never reached: `max_amount_per_day` of `9.00_usd` denies before"],
        ),
        (f"{NEEDED}\nmax_amount: 10_usd max_amount_per_day: 9_eur", []),
        (f"{NEEDED}\nmax_amount: unlimited max_amount_per_day: 9_eur", []),
        (f"{NEEDED}\nmax_amount: 10_usd approval_above: 9_usd", []),
        (
            f"{NEEDED}\nmax_amount: 10_usd approval_above: 10_usd",
            [
                "3:36 warning: `approval_above` never asks for approval: `max_amount` of `10.00_usd` denies before"
            ],
        ),
        (f"{NEEDED}\nmax_amount: 10_usd warn_at: 50% restrict_at: 75% halt_at: 90%", []),
        (
            f"{NEEDED}\nmax_amount: 10_usd warn_at: 80% restrict_at: 75% halt_at: 75%",
            [
                "3:29 warning: `warn_at` of `80%` has no effect: `restrict_at` comes at `75%`",
                "3:46 warning: `restrict_at` of `75%` has no effect: `halt_at` comes at `75%`",
            ],
        ),
        (
            f'{NEEDED}\nmax_amount: 1_usd restricted_payment_operations: ["refund"]',
            ["3:50 warning: `restricted_payment_operations` has no effect: nothing restricts payments"],
        ),
        (f'{NEEDED} max_amount: 1_usd restrict_at: 75% restricted_payment_operations: ["refund"]', []),
        (
            f'{UNRESTRICTED} rule r {{ when phase != COMMIT restrict "slow" }}',
            [],
        ),
        (
            f'{UNRESTRICTED} rule r {{ when phase != COMMIT restrict "slow" {{ allowed_recipients: ["a"] }} }}',
            ["2:119 warning: `restricted_payment_operations` has no effect"],
        ),
        (f'{NEEDED} max_amount: 1_usd disallowed_providers: ["stripe"]', ["2:21 warning: `stripe` in"]),
        (f'{NEEDED} max_amount: 1_usd allowed_customers: ["a*", "ab"]', ["2:114 warning: `ab` in"]),
        (
            f'{NEEDED} max_amount: 1_usd allowed_customers: ["a*", "ab"] disallowed_customers: ["ab"]',
            ["2:114"],
        ),
        (f'{NEEDED} max_amount: 1_usd allowed_customers: ["a*", "abc*"] disallowed_customers: ["ab*"]', []),
        (f'{NEEDED} max_amount: 1_usd disallowed_customers: ["ab"]', []),
        (f'{NEEDED} max_amount: 1_usd disallowed_customers: ["ab", "a*"]', ["2:111 warning: `ab` in"]),
    ],
)
def test_spending_that_can_never_be(body, expected) -> None:
    lines = found(payment(body))
    assert len(lines) == len(expected)
    for line, start in zip(lines, expected, strict=True):
        assert line.startswith(start)


AGENT = 'agent "z" { }\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('let a = ["x"]', ["2:5 note: set `a` is used nowhere"]),
        ('let a = ["x"] let b = [a]', ["2:19 note: set `b` is used nowhere"]),
        ('rule r { when true deny "m" }', []),
        (
            'rule r { when phase == COMMIT and false deny "m" }',
            ["2:6 warning: rule `r` never speaks: its condition is false whatever happens"],
        ),
        ('rule r { when phase == COMMIT or false deny "m" }', []),
        ('rule r { when not true deny "m" }', ["2:6 warning: rule `r` never"]),
        ('rule r { when not (phase == COMMIT) deny "m" }', []),
        ('rule r { when false or false deny "m" }', ["2:6 warning: rule `r` never"]),
        ('rule r { when true or phase == COMMIT deny "m" }', []),
        ('rule r { when true and true deny "m" }', []),
        ('rule r { when phase == COMMIT and phase == DECIDE deny "m" }', ["2:6 warning: rule `r` never"]),
        ('rule r { when phase == COMMIT or phase == DECIDE deny "m" }', []),
        ('rule r { when cost > 1_usd deny "m" }', []),
        (
            'rule r { when phase == COMMIT warn "m" } rule s { when phase == COMMIT deny "n" }',
            ["2:6 warning: rule `r` adds nothing: rule `s` does `deny` under the same condition"],
        ),
        ('rule r { when phase == COMMIT warn "m" } rule s { when phase == DECIDE deny "n" }', []),
        ('rule r on tool { when true warn "m" } rule s on payment { when true deny "n" }', []),
        ('rule r { when true restrict "m" { allowed_imports: [] } } rule s { when true deny "n" }', []),
    ],
)
def test_what_nothing_uses_and_rules_that_never_speak(text, expected) -> None:
    lines = found(AGENT + text)
    assert len(lines) == len(expected)
    for line, start in zip(lines, expected, strict=True):
        assert line.startswith(start)


def test_a_set_of_one_file_is_used_in_another() -> None:
    assert found('let a = ["x"]\n' + AGENT, 'agent "y" { } rule r { when customer in a deny "m" }') == []


BASE = """\
let apis = ["a.com", "b.com"]
agent "base" { can "code_execution" with constraints {
  allowed_imports: ["os", "json", "json", "re"]
  disallowed_imports: ["os"]
  allowed_hosts: apis
} }
"""


def test_what_agents_share_is_told_once_and_only_where_it_is_idle_in_all_of_them() -> None:
    child = 'agent "child" extends "base" { can "code_execution" with constraints { disallowed_imports: ["json", "re"] } }'
    assert found(BASE + child) == [
        "3:21 warning: `os` in `allowed_imports` permits nothing: `os` in `disallowed_imports` forbids it",
        "3:35 warning: `json` in `allowed_imports` a second time",
    ]
    other = 'agent "other" { can "code_execution" with constraints { allowed_hosts: apis disallowed_hosts: ["b.com"] } }'
    assert found(BASE + other) == found(BASE)
    assert found(BASE.replace("allowed_hosts: apis", "") + other)[0].startswith("1:22 warning: `b.com` in")


def test_all_of_a_folder_is_told_by_file_and_line(tmp_path) -> None:
    (tmp_path / "b.policy").write_text(code('allowed_imports: ["os", "os"]'))
    (tmp_path / "a.policy").write_text('let a = []\nagent "b" { }')
    checked = check(tmp_path)
    assert [(one.file[-8:], one.severity.value) for one in checked.findings] == [
        ("a.policy", "note"),
        ("b.policy", "warning"),
    ]
    assert checked.policies.agents == ("b", "a")
    assert checked.rendered.startswith("note: set `a` is used nowhere\n --> ")
    assert "\n\nwarning: `os` in `allowed_imports` a second time\n --> " in checked.rendered


def test_what_does_not_load_is_told_as_errors(tmp_path) -> None:
    assert [one.severity.value for one in find([PolicyText("a", 'agent "a" { can "fly" }')]).findings] == [
        "error"
    ]
    checked = check(tmp_path / "gone")
    assert (checked.policies, checked.findings[0].clause) == (None, None)
    assert checked.rendered == checked.error.rendered


def test_of_many_entries_the_first_are_named() -> None:
    entries = ", ".join(f'"m{number}"' for number in range(8))
    (line,) = found(code(f'allowed_imports: ["json"] disallowed_imports: [{entries}]'))
    assert "`m0`, `m1`, `m2`, `m3`, `m4` and 3 more in `disallowed_imports` forbid" in line


def test_what_is_too_hard_to_prove_is_not_said(monkeypatch) -> None:
    def too_hard(*_, **__):
        raise TooMuchWorkError
        yield

    text = code('allowed_imports: ["os", "os"] allowed_hosts: ["a.com", "a.com"]')
    assert len(found(text)) == 2
    monkeypatch.setattr("execgate.policy.findings.lists.differences", too_hard)
    assert found(text) == ["2:25 warning: `os` in `allowed_imports` a second time"]


def test_long_lists_are_looked_at_within_a_bound() -> None:
    many = {
        name: ", ".join(f'"{name[0]}{number}.x"' for number in range(1_000))
        for name in ("imports", "disallowed", "hosts")
    }
    body = (
        f'allowed_imports: [{many["imports"]}, "i7.x.y"]\ndisallowed_imports: [{many["disallowed"]}]\n'
        f"allowed_hosts: [{many['hosts']}]"
    )
    assert [line.split()[1] for line in found(code(body))] == ["warning:", "note:"]
