"""Files: which operations on which paths the lists permit."""

from __future__ import annotations

import pytest

from execgate.model.operation import FileOperation
from execgate.model.values import Hole, Template, Unknown
from execgate.model.vocabulary import FILE_OPERATIONS

W, A = Hole.WORD, Hole.ANY
OPS, NO_OPS = "allowed_file_operations", "disallowed_file_operations"
PATHS, NO_PATHS = "allowed_file_paths", "disallowed_file_paths"


def operation(here, name, *paths) -> FileOperation:
    return FileOperation(operation=name, paths=paths, via="open", location=here)


@pytest.mark.parametrize(
    ("given", "permitted"),
    [
        ("", set()),
        ("allowed_file_operations: []", set()),
        ('allowed_file_operations: "none"', set()),
        ('allowed_file_operations: "read_only"', {"read", "list", "stat"}),
        (
            'allowed_file_operations: "read_write"',
            {"read", "list", "stat", "write", "append", "create", "copy", "move", "delete"},
        ),
        ('allowed_file_operations: ["read"]', {"read", "stat"}),
        ('allowed_file_operations: ["stat"]', {"stat"}),
        ('allowed_file_operations: ["write"]', {"write"}),
        ('allowed_file_operations: ["*"]', set(FILE_OPERATIONS)),
        *((f'allowed_file_operations: ["{name}"]', {name}) for name in FILE_OPERATIONS if name != "read"),
        (
            'allowed_file_operations: ["*"] disallowed_file_operations: ["delete"]',
            set(FILE_OPERATIONS) - {"delete"},
        ),
        (
            'allowed_file_operations: ["*"] disallowed_file_operations: ["read"]',
            set(FILE_OPERATIONS) - {"read", "stat"},
        ),
        ('allowed_file_operations: ["stat"] disallowed_file_operations: ["read"]', {"stat"}),
        ('allowed_file_operations: ["read"] disallowed_file_operations: ["stat"]', {"read"}),
        ('allowed_file_operations: ["read"] disallowed_file_operations: "read_only"', set()),
        ('allowed_file_operations: "read_only" disallowed_file_operations: ["read"]', {"list", "stat"}),
        ('allowed_file_operations: "read_only" disallowed_file_operations: "none"', {"read", "list", "stat"}),
        ('disallowed_file_operations: ["write"]', set()),
        ('allowed_file_paths: ["/"]', set()),
    ],
)
def test_only_the_listed_file_operations_are_permitted(constraints_broken, here, given, permitted) -> None:
    found = {name for name in FILE_OPERATIONS if not constraints_broken(given, operation(here, name, "/x"))}
    # A shorthand is decided entry by entry, like the list that it stands for.
    assert found == permitted


@pytest.mark.parametrize("name", [Unknown("the mode is read"), Template(("r", W)), Template((A,))])
def test_an_operation_that_is_not_known_is_denied(constraints_broken, here, name) -> None:
    assert constraints_broken('allowed_file_operations: ["*"]', operation(here, name, "/x")) == [OPS]


@pytest.mark.parametrize(
    ("entries", "path", "allowed"),
    [
        # A folder and all below it, however it is written.
        (["/data/analysis"], "/data/analysis", True),
        (["/data/analysis"], "/data/analysis/x/y", True),
        (["/data/analysis"], "/data/analysis2", False),
        (["/data/analysis"], "/data", False),
        (["/data/analysis/"], "/data/analysis", True),
        (["/data/analysis/"], "/data/analysis2", False),
        (["/data/analysis/**"], "/data/analysis", True),
        (["/data/analysis/**"], "/data/analysis/x/y", True),
        (["/"], "/etc/passwd", True),
        (["/"], "/", True),
        (["*"], "/etc/passwd", True),
        (["/**"], "/etc/passwd", True),
        ([], "/etc/passwd", False),
        # `*` is one folder's worth.
        (["/data/analysis/*"], "/data/analysis/x.csv", True),
        (["/data/analysis/*"], "/data/analysis/x/y.csv", False),
        (["/data/analysis/*"], "/data/analysis", False),
        (["/data/*/public"], "/data/a/public/x", True),
        (["/data/*/public"], "/data/a/b/public", False),
        (["/data/*.csv"], "/data/x.csv", True),
        (["/data/*.csv"], "/data/x.csv.bak", False),
        (["/data/*.csv"], "/data/.csv", True),
        (["/data/*/"], "/data/a/b", True),
        (["/data/*/**"], "/data", False),
        # `**` goes through folders.
        (["/data/**/*.csv"], "/data/x.csv", True),
        (["/data/**/*.csv"], "/data/a/b/x.csv", True),
        (["/data/**/*.csv"], "/data/a/x.txt", False),
        (["/data/**/out"], "/data/a/b/out/x", True),
        (["/**/**/x"], "/x", True),
        # Relative paths, the home folder, and what leads out of a folder.
        (["out"], "out/x", True),
        (["out"], "/workspace/out/x", True),
        (["/workspace"], "out", True),
        (["./out"], "out", True),
        (["."], "x", True),
        (["/workspace"], "", True),
        (["/workspace"], "..", False),
        (["/workspace"], "../workspace/x", True),
        (["/workspace"], "a/../../etc/passwd", False),
        (["/data/analysis"], "/data/analysis/../secret", False),
        (["/data/analysis/*"], "/data/analysis/./x", True),
        (["/data/analysis/*"], "/data//analysis///x", True),
        (["/data/analysis/*"], "//data/analysis/x", True),
        (["/data/analysis/*"], "/../data/analysis/x", True),
        (["../shared"], "/shared/x", True),
        (["~"], "/home/agent/x", True),
        (["~/out"], "~/out/x", True),
        (["/home/agent"], "~", True),
        (["/home/agent"], "~/../root", False),
        (["/"], "~root/x", False),
        (["/"], "a\0b", False),
        (["/"], "x" * 5000, False),
        # Nothing else is folded.
        (["/data"], "/DATA/x", False),
        (["/data"], "\\data\\x", False),
        (["/workspace"], "..\\..\\etc", True),
        (["/data"], "/data\u2215x", False),
        # Links of the kernel lead anywhere.
        (["/proc"], "/proc/self/root/etc/shadow", False),
        (["/proc"], "/proc/123/cwd", False),
        (["/proc"], "/proc/self/status", True),
        (["/dev"], "/dev/fd/3", False),
        (["/"], "/proc/self/root/etc/shadow", True),
    ],
)
def test_a_path_is_allowed_where_an_entry_covers_it(constraints_broken, here, entries, path, allowed) -> None:
    listed = ", ".join(f'"{entry}"' for entry in entries)
    policy = f'allowed_file_operations: ["read"] allowed_file_paths: [{listed}]'
    assert constraints_broken(policy, operation(here, "read", path)) == ([] if allowed else [PATHS])


@pytest.mark.parametrize(
    ("policy", "path", "broken"),
    [
        ("", "/x", []),
        ("", Unknown("read from a file"), []),
        ("", "a\0b", []),
        ('disallowed_file_paths: ["/etc"]', "/x", []),
        ('disallowed_file_paths: ["/etc"]', "/etc/passwd", [NO_PATHS]),
        ('disallowed_file_paths: ["/etc"]', "/x/../etc", [NO_PATHS]),
        ('disallowed_file_paths: ["/etc"]', "/proc/self/root/etc", [NO_PATHS]),
        ('disallowed_file_paths: ["/etc"]', Unknown("read from a file"), [NO_PATHS]),
        ('disallowed_file_paths: ["/etc"]', "~other/x", [NO_PATHS]),
        ("disallowed_file_paths: []", Unknown("read from a file"), [NO_PATHS]),
        ('allowed_file_paths: ["/"] disallowed_file_paths: ["/etc"]', "/etc/x", [NO_PATHS]),
        ('allowed_file_paths: ["/"] disallowed_file_paths: ["/etc"]', "/x", []),
        ('allowed_file_paths: ["/etc/ssl"] disallowed_file_paths: ["/etc"]', "/etc/ssl/x", []),
        ('allowed_file_paths: ["/etc/ssl"] disallowed_file_paths: ["/etc"]', "/etc/x", [PATHS, NO_PATHS]),
        ('allowed_file_paths: ["/etc"] disallowed_file_paths: ["/etc"]', "/etc/x", [NO_PATHS]),
        ('allowed_file_paths: ["/etc/"] disallowed_file_paths: ["/etc/**"]', "/etc/x", [NO_PATHS]),
        ('allowed_file_paths: ["/a/*"] disallowed_file_paths: ["/*/b"]', "/a/b", [NO_PATHS]),
        ('allowed_file_paths: ["/a/*"] disallowed_file_paths: ["/*/b"]', "/a/c", []),
        ('allowed_file_paths: ["/a/*.csv"] disallowed_file_paths: ["/a/**"]', "/a/x.csv", []),
        ('allowed_file_paths: ["/"]', Unknown("read from a file"), [PATHS]),
        ('allowed_file_paths: ["*"]', Template(("/data/", A)), [PATHS]),
    ],
)
def test_paths_are_judged_by_the_more_specific_entry(constraints_broken, here, policy, path, broken) -> None:
    given = f'allowed_file_operations: ["read"] {policy}'
    assert constraints_broken(given, operation(here, "read", path)) == broken


@pytest.mark.parametrize(
    ("policy", "parts", "broken"),
    [
        ('allowed_file_paths: ["/data"]', ("/data/", W, ".csv"), []),
        ('allowed_file_paths: ["/data/*"]', ("/data/", W), []),
        ('allowed_file_paths: ["/data/*.csv"]', ("/data/", W, ".csv"), []),
        ('allowed_file_paths: ["/data/*.csv"]', ("/data/", W), [PATHS]),
        ('allowed_file_paths: ["/data/x*"]', ("/data/", W), [PATHS]),
        ('allowed_file_paths: ["/data"]', ("/data", W), [PATHS]),
        ('allowed_file_paths: ["/data*"]', ("/data", W), []),
        ('allowed_file_paths: ["/data/*"]', ("/data/", W, "/", W), [PATHS]),
        ('allowed_file_paths: ["/data/**"]', ("/data/", W, "/../", W), []),
        ('allowed_file_paths: ["/data/**"]', ("/data/", W, "/../../x"), [PATHS]),
        ('allowed_file_paths: ["/data"]', ("/data/", W, "/../x"), []),
        ('allowed_file_paths: ["/workspace"]', (W,), []),
        ('allowed_file_paths: ["/home/agent"]', ("~/", W), []),
        ('allowed_file_paths: ["/"]', ("~", W), [PATHS]),
        ('allowed_file_paths: ["/"]', ("/x\0", W), [PATHS]),
        ('allowed_file_paths: ["/"]', ("/data/", A), [PATHS]),
        ('allowed_file_paths: ["/"]', ("/" + "x" * 500, W), []),
        ('allowed_file_paths: ["/"]', ("/" + "x" * 512, W), [PATHS]),
        ('allowed_file_paths: ["/"] disallowed_file_paths: ["/data/secret"]', ("/data/", W), [NO_PATHS]),
        ('allowed_file_paths: ["/"] disallowed_file_paths: ["/data/secret"]', ("/data/", W, ".csv"), []),
        ('allowed_file_paths: ["/"] disallowed_file_paths: ["/data/*.key"]', ("/data/a", W), [NO_PATHS]),
        ('disallowed_file_paths: ["/etc"]', ("/", W, "/self/root/etc"), [NO_PATHS]),
        ('disallowed_file_paths: ["/etc"]', ("/proc/self/", W, "/etc"), [NO_PATHS]),
    ],
)
def test_a_partly_known_path_is_all_that_it_can_be(constraints_broken, here, policy, parts, broken) -> None:
    given = f'allowed_file_operations: ["read"] {policy}'
    assert constraints_broken(given, operation(here, "read", Template(parts))) == broken


@pytest.mark.parametrize("name", ["delete", "move", "copy", "link"])
def test_what_is_done_to_a_folder_is_done_to_what_is_forbidden_in_it(constraints_broken, here, name) -> None:
    policy = f'allowed_file_operations: ["{name}", "read"] disallowed_file_paths: ["/data/keys"]'
    assert constraints_broken(policy, operation(here, name, "/data")) == [NO_PATHS]
    assert constraints_broken(policy, operation(here, name, "/proc/self/cwd")) == [NO_PATHS]
    assert constraints_broken(policy, operation(here, name, "/data/other")) == []
    assert constraints_broken(policy, operation(here, "read", "/data")) == []


def test_every_path_of_an_operation_must_be_allowed(constraints_broken, here) -> None:
    policy = 'allowed_file_operations: ["move"] allowed_file_paths: ["/a"]'
    assert constraints_broken(policy, operation(here, "move", "/a/x", "/a/y")) == []
    assert constraints_broken(policy, operation(here, "move", "/a/x", "/b/y")) == [PATHS]
    assert constraints_broken(policy, operation(here, "move", "/b/x", "/c/y")) == [PATHS, PATHS]
    assert constraints_broken(policy, operation(here, "write", "/b/x")) == [OPS, PATHS]


def test_an_operation_without_a_path_satisfies_no_list_of_paths(constraints_broken, here) -> None:
    assert constraints_broken('allowed_file_operations: ["read"]', operation(here, "read")) == []
    policy = 'allowed_file_operations: ["read"] allowed_file_paths: ["/"]'
    assert constraints_broken(policy, operation(here, "read")) == [PATHS]


def test_an_operation_and_a_path_that_are_both_unknown_break_both_lists(constraints_broken, here) -> None:
    policy = 'allowed_file_operations: ["*"] allowed_file_paths: ["/"]'
    unknown = operation(here, Unknown("the mode is read"), Unknown("the path is read"))
    assert constraints_broken(policy, unknown) == [OPS, PATHS]


@pytest.mark.parametrize(
    ("policy", "path", "broken"),
    [
        ('allowed_file_paths: ["/data/*"]', "/data/x", [PATHS]),
        ('allowed_file_paths: ["/data/*/**"]', "/data/x", []),
        ('allowed_file_paths: ["/data"]', "/data/x", []),
        ('allowed_file_paths: ["/data"]', "/data", []),
        ('allowed_file_paths: ["/data"]', "/", [PATHS]),
        ('allowed_file_paths: ["/"]', "/", []),
        ('allowed_file_paths: ["/data/*"]', Template(("/data/", W)), [PATHS]),
        ('allowed_file_paths: ["/data"]', Template(("/data/", W)), []),
        ('allowed_file_paths: ["/"]', "/proc/self/root", []),
        ('allowed_file_paths: ["/proc"]', "/proc/self/root", [PATHS]),
        ('disallowed_file_paths: ["/data/keys"]', "/data", [NO_PATHS]),
        ('disallowed_file_paths: ["/data/keys"]', "/data/other", []),
        (
            'allowed_file_paths: ["/data/keys/old"] disallowed_file_paths: ["/data/keys"]',
            "/data/keys/old",
            [],
        ),
    ],
)
def test_what_is_done_to_a_whole_folder_takes_an_entry_for_all_below_it(
    constraints_broken, here, policy, path, broken
) -> None:
    given = f'allowed_file_operations: ["list", "delete"] {policy}'
    for name in ("list", "delete"):
        whole = FileOperation(
            operation=name, paths=(path,), recursive=True, via="shutil.rmtree", location=here
        )
        assert constraints_broken(given, whole) == broken


def test_a_single_file_takes_no_entry_for_what_is_below_it(constraints_broken, here) -> None:
    policy = 'allowed_file_operations: ["delete"] allowed_file_paths: ["/data/*"]'
    assert constraints_broken(policy, operation(here, "delete", "/data/x")) == []


def test_the_help_for_a_whole_folder_names_all_below_it(judge, here) -> None:
    whole = FileOperation(
        operation="delete", paths=(Template(("/data/x", W)),), recursive=True, via="rmtree", location=here
    )
    policy = 'allowed_file_operations: ["delete"] allowed_file_paths: ["/data/*"]'
    (violation,) = judge(policy, whole).all_violations
    assert violation.message == (
        "agent `a` may not delete `/data/x*` and all below it: `allowed_file_paths` does not cover it"
    )
    assert violation.help == 'to permit this, add "/data/x*/**" to allowed_file_paths'


@pytest.mark.parametrize(
    ("policy", "permitted"),
    [
        ('allowed_file_operations: "read_only" disallowed_file_operations: ["read"]', {"list", "stat"}),
        ('allowed_file_operations: ["read"] disallowed_file_operations: ["stat"]', {"read"}),
        ('allowed_file_operations: ["read"] disallowed_file_operations: ["read"]', set()),
        ('allowed_file_operations: ["stat"] disallowed_file_operations: "read_only"', set()),
        ('allowed_file_operations: ["stat"] disallowed_file_operations: ["*"]', {"stat"}),
        ('allowed_file_operations: "none"', set()),
    ],
)
def test_stat_is_a_lesser_read(constraints_broken, here, policy, permitted) -> None:
    assert {
        name for name in FILE_OPERATIONS if not constraints_broken(policy, operation(here, name, "/x"))
    } == permitted
