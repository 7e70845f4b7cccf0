"""Commands, environment variables, packages and the kinds: what is judged by a name."""

# ruff: noqa: PLR0917 - a row of a table has the columns that it needs

from __future__ import annotations

import pytest

from execgate.model.operation import (
    Deserialization,
    DynamicCode,
    EnvironmentAccess,
    NativeCode,
    PackageInstall,
    PaymentCall,
    ProcessControl,
    ProcessSpawn,
    SystemAccess,
)
from execgate.model.values import Hole, Template, Unknown

W, A = Hole.WORD, Hole.ANY
UNKNOWN = Unknown("it is read from a file")


@pytest.mark.parametrize(
    ("policy", "program", "broken"),
    [
        ("", "git", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "git", []),
        ('allowed_commands: ["git"]', "/usr/bin/git", []),
        ('allowed_commands: ["git"]', "/bin/git", []),
        ('allowed_commands: ["git"]', "/usr/local/bin/git", []),
        ('allowed_commands: ["git"]', "//usr/./bin/git", []),
        ('allowed_commands: ["/usr/bin/git"]', "git", []),
        ('allowed_commands: ["git"]', "/opt/git", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "./git", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "bin/git", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "/usr/bin/sub/git", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "/tmp/link/../../usr/bin/git", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "/tmp/usr/bin/git", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "GIT", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "git ", ["allowed_commands"]),
        ('allowed_commands: ["git"]', "", ["allowed_commands"]),
        ('allowed_commands: ["*"]', "", ["allowed_commands"]),
        ('allowed_commands: ["*"]', "/usr/bin/", ["allowed_commands"]),
        ('allowed_commands: ["*"]', "/", ["allowed_commands"]),
        ('allowed_commands: ["*"]', "git", []),
        ('allowed_commands: ["*"]', "/usr/bin/git", []),
        ('allowed_commands: ["*"]', "/opt/tool", ["allowed_commands"]),
        ('allowed_commands: ["*"]', "./tool", ["allowed_commands"]),
        ('allowed_commands: ["*", "/opt/tool"]', "/opt/tool", []),
        ('allowed_commands: ["*", "/opt/tool"] disallowed_commands: ["tool"]', "/opt/tool", []),
        ('allowed_commands: ["*"] disallowed_commands: ["*"]', "git", ["disallowed_commands"]),
        ('allowed_commands: ["/opt/tool"] disallowed_commands: ["*"]', "/opt/tool", []),
        (
            'allowed_commands: ["/opt/tool"] disallowed_commands: ["*"]',
            "/opt/other",
            ["allowed_commands", "disallowed_commands"],
        ),
        ('allowed_commands: ["*"]', UNKNOWN, ["allowed_commands"]),
        ('allowed_commands: ["*"]', Template((A,)), ["allowed_commands"]),
        ('allowed_commands: ["*"]', Template((W,)), []),
        ('allowed_commands: ["git-*"]', "git-lfs", []),
        ('allowed_commands: ["git-*"]', Template(("git-", W)), []),
        ('allowed_commands: ["git-*"]', Template(("/usr/bin/git-", W)), []),
        ('allowed_commands: ["git-*"]', Template(("/opt/git-", W)), ["allowed_commands"]),
        ('allowed_commands: ["git-*"]', "git", ["allowed_commands"]),
        ('allowed_commands: ["/opt/tool"]', "/opt/tool", []),
        ('allowed_commands: ["/opt/tool"]', "tool", ["allowed_commands"]),
        ('allowed_commands: ["/opt/tool"]', "/opt/tool2", ["allowed_commands"]),
        ('allowed_commands: ["/opt/tool"]', "opt/tool", ["allowed_commands"]),
        ('allowed_commands: ["./run.sh"]', "./run.sh", []),
        ('allowed_commands: ["./run.sh"]', "run.sh", ["allowed_commands"]),
        ('allowed_commands: ["*"] disallowed_commands: ["rm"]', "rm", ["disallowed_commands"]),
        ('allowed_commands: ["*"] disallowed_commands: ["rm"]', "/bin/rm", ["disallowed_commands"]),
        (
            'allowed_commands: ["*"] disallowed_commands: ["rm"]',
            "/sbin/rm",
            ["allowed_commands", "disallowed_commands"],
        ),
        ('allowed_commands: ["*"] disallowed_commands: ["rm"]', Template(("r", W)), ["disallowed_commands"]),
        ('allowed_commands: ["*"] disallowed_commands: ["rm"]', "rmdir", []),
        ('allowed_commands: ["*"] disallowed_commands: ["/opt/tool"]', "tool", []),
        ('allowed_commands: ["/opt/rm"] disallowed_commands: ["rm"]', "/opt/rm", []),
        ('allowed_commands: ["rm"] disallowed_commands: ["rm"]', "rm", ["disallowed_commands"]),
        ('allowed_commands: ["rm"] disallowed_commands: ["*"]', "rm", []),
        ('disallowed_commands: ["rm"]', "ls", ["allowed_commands"]),
    ],
)
def test_a_program_is_judged_by_its_name_or_whole_path(
    constraints_broken, here, policy, program, broken
) -> None:
    operation = ProcessSpawn(
        command=UNKNOWN, shell=False, programs=(program,), via="subprocess.run", location=here
    )
    assert constraints_broken(policy, operation) == broken


def test_every_program_must_be_allowed(constraints_broken, here) -> None:
    def spawn(*programs: str) -> ProcessSpawn:
        return ProcessSpawn(
            command="env git | sh", shell=True, programs=programs, via="os.system", location=here
        )

    policy = 'allowed_commands: ["env", "git"]'
    assert constraints_broken(policy, spawn("env", "git")) == []
    assert constraints_broken(policy, spawn("env", "sh", "git", "curl")) == ["allowed_commands"] * 2
    assert constraints_broken('allowed_commands: ["*"]', spawn()) == ["allowed_commands"]


@pytest.mark.parametrize(
    ("policy", "operation", "names", "broken"),
    [
        ("", "read", ("HOME",), ["allowed_environment"]),
        ('allowed_environment: ["HOME"]', "read", ("HOME",), []),
        ('allowed_environment: ["HOME"]', "write", ("HOME",), []),
        ('allowed_environment: ["HOME"]', "read", ("HOME", "KEY"), ["allowed_environment"]),
        ('allowed_environment: ["HOME"]', "read", ("home",), ["allowed_environment"]),
        ('allowed_environment: ["HOME"]', "read", (), ["allowed_environment"]),
        ('allowed_environment: ["*"]', "read", (), ["allowed_environment"]),
        ('allowed_environment: ["APP_*"]', "read", ("APP_MODE",), []),
        ('allowed_environment: ["APP_*"]', "read", ("APP",), ["allowed_environment"]),
        ('allowed_environment: ["APP_*"]', "read", (Template(("APP_", W)),), []),
        ('allowed_environment: ["APP_*"]', "read", (Template((W,)),), ["allowed_environment"]),
        ('allowed_environment: ["*"]', "read", (Template((W,)),), []),
        ('allowed_environment: ["*"]', "read", (UNKNOWN,), ["allowed_environment"]),
        ('allowed_environment: ["*"]', "list", (), []),
        ('allowed_environment: ["APP_*"]', "list", (), ["allowed_environment"]),
        ('allowed_environment: ["*_*", "*"]', "list", (), []),
        (
            'allowed_environment: ["*"] disallowed_environment: ["*_KEY"]',
            "list",
            (),
            ["disallowed_environment"],
        ),
        ('allowed_environment: ["*"] disallowed_environment: ["*_KEY"]', "read", ("HOME",), []),
        (
            'allowed_environment: ["*"] disallowed_environment: ["*_KEY"]',
            "read",
            ("A_KEY",),
            ["disallowed_environment"],
        ),
        ('allowed_environment: ["A_KEY"] disallowed_environment: ["*_KEY"]', "read", ("A_KEY",), []),
        (
            'allowed_environment: ["A_*"] disallowed_environment: ["*_KEY"]',
            "read",
            ("A_KEY",),
            ["disallowed_environment"],
        ),
    ],
)
def test_variables_are_judged_by_name(constraints_broken, here, policy, operation, names, broken) -> None:
    access = EnvironmentAccess(operation=operation, names=names, via="os.environ", location=here)
    assert constraints_broken(policy, access) == broken


@pytest.mark.parametrize(
    ("policy", "package", "broken"),
    [
        ("", "requests", ["allowed_packages"]),
        ('allowed_packages: ["requests"]', "requests", []),
        ('allowed_packages: ["requests"]', "Requests==2.0", []),
        ('allowed_packages: ["requests"]', " requests[socks] >= 2, < 3 ; python_version > '3'", []),
        ('allowed_packages: ["typing_extensions"]', "Typing.Extensions", []),
        ('allowed_packages: ["requests"]', "requests (>=2,!=2.1.*)", []),
        ('allowed_packages: ["requests"]', "requests-evil", ["allowed_packages"]),
        ('allowed_packages: ["requests"]', "requests>=2 --index-url=http:evil", ["allowed_packages"]),
        ('allowed_packages: ["requests"]', "requests\n--pre", ["allowed_packages"]),
        ('allowed_packages: ["requests"]', "requests" + " " * 4000 + "!", ["allowed_packages"]),
        ('allowed_packages: ["requests"]', "requests @ https://evil.example/x.whl", ["allowed_packages"]),
        ('allowed_packages: ["requests"]', "git+https://evil.example/requests", ["allowed_packages"]),
        ('allowed_packages: ["requests"]', "./requests", ["allowed_packages"]),
        ('allowed_packages: ["requests"]', "", ["allowed_packages"]),
        ('allowed_packages: ["types-*"]', "types-docker", []),
        ('allowed_packages: ["*"]', "./folder", []),
        ('allowed_packages: ["*"]', Template(("requests==", W)), []),
        ('allowed_packages: ["requests"]', Template(("requests==", W)), ["allowed_packages"]),
        ('allowed_packages: ["*"]', UNKNOWN, ["allowed_packages"]),
        ('allowed_packages: ["*"] disallowed_packages: ["evil"]', "Evil>1", ["disallowed_packages"]),
        ('allowed_packages: ["*"] disallowed_packages: ["evil"]', "./folder", ["disallowed_packages"]),
        ('allowed_packages: ["*"] disallowed_packages: ["evil"]', "good", []),
    ],
)
def test_packages_are_judged_by_normalised_name(constraints_broken, here, policy, package, broken) -> None:
    install = PackageInstall(packages=(package,), via="pip", location=here)
    assert constraints_broken(policy, install) == broken


def test_an_install_that_names_no_package_is_denied(constraints_broken, here) -> None:
    install = PackageInstall(packages=(), via="pip", location=here)
    assert constraints_broken('allowed_packages: ["*"]', install) == ["allowed_packages"]


@pytest.mark.parametrize(
    ("make", "field", "noun", "word", "other"),
    [
        (DynamicCode, "kind", "dynamic_code", "eval", "exec"),
        (NativeCode, "kind", "native_code", "ctypes", "cffi"),
        (Deserialization, "format", "deserialization", "pickle", "marshal"),
        (ProcessControl, "operation", "process_control", "kill", "signal"),
        (SystemAccess, "kind", "system_access", "users", "screen"),
    ],
)
def test_kinds_are_judged_by_their_word(constraints_broken, here, make, field, noun, word, other) -> None:
    operation = make(**{field: word}, via="x", location=here)
    allow, deny = f"allowed_{noun}", f"disallowed_{noun}"
    for policy, broken in {
        "": [allow],
        f"{allow}: []": [allow],
        f'{allow}: ["{word}"]': [],
        f'{allow}: ["{other}"]': [allow],
        f'{allow}: ["*"]': [],
        f'{deny}: ["{other}"]': [allow],
        f'{allow}: ["*"] {deny}: ["{word}"]': [deny],
        f'{allow}: ["*"] {deny}: ["{other}"]': [],
        f'{allow}: ["{word}"] {deny}: ["*"]': [],
        f'{allow}: ["{word}"] {deny}: ["{word}"]': [deny],
    }.items():
        assert constraints_broken(policy, operation) == broken, policy


def test_a_payment_is_granted_by_no_constraint_of_code_execution(judge, here) -> None:
    payment = PaymentCall(provider="stripe", operation="charge", via="stripe.Charge.create", location=here)
    (violation,) = judge('allowed_imports: ["*"] allowed_hosts: ["*"]', payment).all_violations
    assert violation.constraint == "payment"
    assert violation.message == (
        "agent `a` may not pay through `stripe` (`charge`): "
        'the agent has no `can "payment"`, which alone grants payments'
    )
