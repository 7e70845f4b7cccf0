"""Mistakes in a constraint: each is named, with what to write instead."""

from __future__ import annotations

import pytest

from execgate.errors import PolicyError
from execgate.policy import PolicySet


def report(text: str, file: str = "a.policy") -> str:
    with pytest.raises(PolicyError) as caught:
        PolicySet.parse(text, file)
    return caught.value.rendered


def mistakes(body: str) -> list[tuple[str, str]]:
    """Return message and help of each mistake in the body of a grant."""
    found = report(f'agent "a" {{ can "code_execution" with constraints {{\n{body}\n}} }}').split("\n\n")
    return [
        (lines[0].removeprefix("error: "), lines[-1].partition(" = help: ")[2])
        for lines in (block.splitlines() for block in found)
    ]


@pytest.mark.parametrize(
    ("body", "message", "advice"),
    [
        ('allowed_import: ["os"]', "unknown constraint `allowed_import`", "did you mean `allowed_imports`?"),
        ("zzz: 1", "unknown constraint `zzz`", "docs/policy.md lists the constraints"),
        (
            'allowed_imports: "os"',
            '`allowed_imports` takes a list of strings, got the string "os"',
            'did you mean `["os"]`?',
        ),
        (
            "allowed_imports: os",
            "`allowed_imports` takes a list of strings, got the word `os`",
            'did you mean `["os"]`?',
        ),
        (
            "allowed_imports: 5",
            "`allowed_imports` takes a list of strings, got the number `5`",
            'did you mean `["5"]`?',
        ),
        (
            "allowed_imports: [os]",
            "`allowed_imports` takes strings, got the word `os`",
            'write it in quotes: "os"',
        ),
        (
            "allowed_imports: [1]",
            "`allowed_imports` takes strings, got the number `1`",
            'write it in quotes: "1"',
        ),
        ('allowed_imports: ["a-b"]', 'not a module name: "a-b" in `allowed_imports`', 'did you mean "a_b"?'),
        (
            'allowed_imports: ["os, sys"]',
            'not a module name: "os, sys" in `allowed_imports`',
            'write each by itself: "os", "sys"',
        ),
        ('max_memory: "1_gb"', '`max_memory` takes a size, got the string "1_gb"', "did you mean `1_gb`?"),
        (
            "max_processes: 1.5",
            "`1.5` is no whole number of processes",
            "write it as in `2_processes`",
        ),
        ('allowed_imports: [""]', 'not a module name: "" in `allowed_imports`', "as in `os.path`"),
        ('allowed_imports: ["os."]', 'not a module name: "os." in `allowed_imports`', 'did you mean "os"?'),
        ('allowed_imports: ["**"]', 'not a module name: "**" in `allowed_imports`', 'did you mean "*"?'),
        (f'allowed_imports: ["{"a" * 1025}"]', "an entry has at most 1,024 characters", ""),
        (
            'allowed_file_operations: ["reed"]',
            'unknown file operation: "reed" in `allowed_file_operations`',
            'did you mean "read"?',
        ),
        (
            'allowed_file_operations: ["read_only"]',
            '`read_only` stands for a whole list: "read_only" in `allowed_file_operations`',
            'write `: "read_only"` without brackets',
        ),
        (
            "allowed_file_operations: read_only",
            "`allowed_file_operations` takes a list of strings, got the word `read_only`",
            'did you mean "read_only"?',
        ),
        (
            'allowed_file_operations: "readonly"',
            '`allowed_file_operations` takes a list of strings, got the string "readonly"',
            'did you mean "read_only"?',
        ),
        (
            'allowed_file_operations: "read"',
            '`allowed_file_operations` takes a list of strings, got the string "read"',
            'did you mean "read_only"?',
        ),
        (
            'allowed_file_paths: [""]',
            'an empty path: "" in `allowed_file_paths`',
            "the working folder is `.`, every path is `/`",
        ),
        (
            'allowed_file_paths: ["/a/**.csv"]',
            '`**` stands alone between slashes: "/a/**.csv" in `allowed_file_paths`',
            "write `**/*.csv`",
        ),
        (
            'allowed_file_paths: ["/a/[0-9]"]',
            '`[` is no wildcard of a path: "/a/[0-9]" in `allowed_file_paths`',
            "the wildcards are `*` and `**`",
        ),
        (
            'allowed_file_paths: ["/a/*/../b"]',
            '`..` behind a wildcard: "/a/*/../b" in `allowed_file_paths`',
            "write the path without `..`",
        ),
        (
            'allowed_file_paths: ["~root/x"]',
            'the home folder of another user: `~root`: "~root/x" in `allowed_file_paths`',
            "write the folder's path",
        ),
        (
            'allowed_file_paths: ["a\\u0000b"]',
            'a path holds no NUL character: "a\\u0000b" in `allowed_file_paths`',
            "",
        ),
        (
            'allowed_hosts: ["https://a.com/v1"]',
            'a host has no path: `/`: "https://a.com/v1" in `allowed_hosts`',
            'write "https://a.com"',
        ),
        ('allowed_hosts: ["/"]', 'a host has no path: `/`: "/" in `allowed_hosts`', ""),
        (
            'allowed_hosts: ["me@a.com"]',
            'user-info is no part of a host: "me@a.com" in `allowed_hosts`',
            'write "a.com"',
        ),
        (
            'allowed_hosts: ["a..b"]',
            '`a..b` is no host name or address: "a..b" in `allowed_hosts`',
            'write a host such as "api.example.com" or "*.example.com"',
        ),
        (
            'allowed_hosts: ["a.*.com"]',
            '`a.*.com` is no host pattern: "a.*.com" in `allowed_hosts`',
            "the wildcards are `*` alone, and `*.` before a domain",
        ),
        (
            'allowed_hosts: ["*.1.1"]',
            '`*.1.1`: an address has no subdomains: "*.1.1" in `allowed_hosts`',
            "name each address",
        ),
        (
            'allowed_hosts: ["a.com:0"]',
            '`0` is no port: "a.com:0" in `allowed_hosts`',
            "a port is a number from 1 to 65535, or `*`",
        ),
        (
            'allowed_hosts: ["a.com:https"]',
            '`https` is no port: "a.com:https" in `allowed_hosts`',
            "a port is a number from 1 to 65535, or `*`",
        ),
        (
            'allowed_hosts: ["ht tp://a.com"]',
            '`ht tp` is no scheme: "ht tp://a.com" in `allowed_hosts`',
            'write it as in "https://api.example.com"',
        ),
        (
            'allowed_hosts: ["300.1.1.1"]',
            '`300.1.1.1` is no host name or address: "300.1.1.1" in `allowed_hosts`',
            'write a host such as "api.example.com" or "*.example.com"',
        ),
        (
            'allowed_hosts: ["[::zz]"]',
            '`::zz` is no host name or address: "[::zz]" in `allowed_hosts`',
            'write a host such as "api.example.com" or "*.example.com"',
        ),
        (
            'allowed_commands: ["git status"]',
            'a command is one program, without arguments: "git status" in `allowed_commands`',
            'write "git"',
        ),
        (
            'allowed_commands: [" "]',
            'a command is one program, without arguments: " " in `allowed_commands`',
            "",
        ),
        (
            'allowed_commands: [""]',
            'the program has no name: "" in `allowed_commands`',
            "write a program's name, or its whole path",
        ),
        (
            'allowed_commands: ["/opt/*"]',
            'a program outside of the standard folders is listed whole: "/opt/*" in `allowed_commands`',
            "write its path without `*`",
        ),
        (
            'allowed_commands: ["../x"]',
            '`../x` is not the plain path of a program: "../x" in `allowed_commands`',
            "write a program's name, or its whole path",
        ),
        (
            'allowed_environment: ["A=1"]',
            'not the name of an environment variable: "A=1" in `allowed_environment`',
            'as in "HOME" or "APP_*"',
        ),
        *(
            (
                f'allowed_environment: ["{spelled}"]',
                f'a variable is named without the signs of a shell: "{spelled}" in `allowed_environment`',
                'did you mean "HOME"?',
            )
            for spelled in ("$HOME", "${HOME}", "%HOME%")
        ),
        *(
            (
                f'allowed_hosts: ["{spelled}"]',
                f'`://` stands between scheme and host: "{spelled}" in `allowed_hosts`',
                f'did you mean "{meant}"?',
            )
            for spelled, meant in (
                ("http//x", "http://x"),
                ("https:/a.com", "https://a.com"),
                ("https:/a.com/v1", "https://a.com"),
            )
        ),
        *(
            (
                f'allowed_imports: ["{statement}"]',
                f'a module is named without `import`: "{statement}" in `allowed_imports`',
                'did you mean "os.path"?',
            )
            for statement in ("import os.path", "from os.path import join", "import os.path as p")
        ),
        (
            'allowed_tables: ["a..b"]',
            'not the name of a table: "a..b" in `allowed_tables`',
            'as in "orders" or "sales.orders"',
        ),
        (
            'allowed_databases: ["postgresql://db"]',
            'a database is named by its path or its host: "postgresql://db" in `allowed_databases`',
            "write the host alone",
        ),
        (
            'allowed_databases: ["db:5432"]',
            'a database is named by its path or its host: "db:5432" in `allowed_databases`',
            'write "db"',
        ),
        (
            'allowed_database_operations: ["selct"]',
            'unknown database operation: "selct" in `allowed_database_operations`',
            'did you mean "select"?',
        ),
        (
            'allowed_dynamic_code: ["evall"]',
            'unknown kind of dynamic code: "evall" in `allowed_dynamic_code`',
            'did you mean "eval"?',
        ),
        (
            'allowed_process_control: ["zzz"]',
            'unknown kind of process control: "zzz" in `allowed_process_control`',
            'there are: "kill", "signal", "priority", "identity", "limits"',
        ),
        (
            'allowed_system_access: ["user"]',
            'unknown kind of system access: "user" in `allowed_system_access`',
            'did you mean "users"?',
        ),
        (
            'allowed_native_code: ["c types"]',
            'unknown kind of native code: "c types" in `allowed_native_code`',
            'did you mean "ctypes"?',
        ),
        (
            'allowed_deserialization: ["*x"]',
            'unknown format: "*x" in `allowed_deserialization`',
            'there are: "pickle", "marshal", "shelve", "yaml", "jsonpickle", "torch", "keras", "tensorflow"',
        ),
        (
            'allowed_packages: ["requests>=2"]',
            'not the name of a package: "requests>=2" in `allowed_packages`',
            'write "requests"',
        ),
        (
            'allowed_packages: ["./x"]',
            'not the name of a package: "./x" in `allowed_packages`',
            'as in "requests" or "types-*"',
        ),
        (
            'disallowed_file_paths: ["/data "]',
            'a name with a space at its end: "/data " in `disallowed_file_paths`',
            'write "/data"',
        ),
        (
            'disallowed_tables: [" orders"]',
            'not the name of a table: " orders" in `disallowed_tables`',
            'as in "orders" or "sales.orders"',
        ),
        ("max_memory: 1_gigabite", "unknown unit `gigabite` of a size", "did you mean `gigabyte`?"),
        ("max_memory: 1_second", "unknown unit `second` of a size", "the units are: `bytes`, `byte`"),
        ("max_memory: 50.00_usd", "unknown unit `usd` of a size", "the units are: `bytes`, `byte`"),
        ("max_memory: 1000", "a size needs a unit", "did you mean `1000_bytes`?"),
        ("max_memory: 10mb", "`10mb` is no size", "did you mean `10_mb`?"),
        (
            "max_memory: 1.2.3_bytes",
            "`1.2.3_bytes` is no size",
            "write a number and a unit, such as `10_bytes`",
        ),
        (
            "max_memory: 0_bytes",
            "a size must be greater than 0, got `0_bytes`",
            "`unlimited` is the word for no limit",
        ),
        (
            "max_memory: -1_bytes",
            "a size must be greater than 0, got `-1_bytes`",
            "`unlimited` is the word for no limit",
        ),
        ("max_memory: 0.5_bytes", "`0.5_bytes` is no whole number of bytes", "write it as in `1_bytes`"),
        (
            "max_memory: 9223372036854775808_bytes",
            "a size of `9223372036854775808_bytes` is too large: at most 9,223,372,036,854,775,807 bytes",
            "`unlimited` is the word for no limit",
        ),
        (
            f"max_memory: {'9' * 100}_bytes",
            f"`{'9' * 40}` is no size",
            "write a number and a unit, such as `10_bytes`",
        ),
        (
            "max_memory: 0x10_bytes",
            "`0x10_bytes` is no size",
            "write a number and a unit, such as `10_bytes`",
        ),
        ("max_memory: 1e3_bytes", "`1e3_bytes` is no size", "write a number and a unit, such as `10_bytes`"),
        (
            "max_memory: []",
            "`max_memory` takes a size, got a list",
            "write it as in `10_bytes`, or `unlimited`",
        ),
        (
            "max_memory: unlimitd",
            "`max_memory` takes a size, got the word `unlimitd`",
            "did you mean `unlimited`?",
        ),
        ("max_execution_time: 5", "a time needs a unit", "did you mean `5_seconds`?"),
        (
            "max_execution_time: 0_seconds",
            "a time must be greater than 0, got `0_seconds`",
            "`unlimited` is the word for no limit",
        ),
        (
            "max_processes: 0",
            "a number of processes must be greater than 0, got `0`",
            "`unlimited` is the word for no limit",
        ),
        (
            "max_processes: 5_bytes",
            "unknown unit `bytes` of a number of processes",
            "the units are: `processes`, `process`",
        ),
        (
            "max_cpus: 100000",
            "a number of cpus of `100000` is too large: at most 65,536 cpus",
            "`unlimited` is the word for no limit",
        ),
        (
            "max_cpus: 1\nmax_cpus: 2",
            "constraint `max_cpus` a second time",
            "the first is on line 2; join the two",
        ),
    ],
)
def test_a_mistake_in_a_constraint_is_named(body, message, advice) -> None:
    ((found, help_),) = mistakes(body)
    assert found == message
    assert help_.startswith(advice) if advice else not help_


def test_what_stands_below_an_unknown_or_second_thing_is_checked_too() -> None:
    body = 'max_cpus: 1\nmax_cpus: 0\nallowed_imports: []\nallowed_imports: ["-"]'
    assert [message for message, _ in mistakes(body)] == [
        "constraint `max_cpus` a second time",
        "a number of cpus must be greater than 0, got `0`",
        "constraint `allowed_imports` a second time",
        'not a module name: "-" in `allowed_imports`',
    ]
    grant = 'can "code_execution"'
    text = f'agent "a" {{ can "x" with constraints {{ b: 1 }} {grant} {grant} with constraints {{ c: 1 }} }}'
    assert report(text).count("error: unknown constraint") == 2
