"""Text, files and folders that are no policy."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark.exceptions import LarkError

from execgate.errors import PolicyError
from execgate.policy import PolicySet
from execgate.policy.language.text import MAX_BYTES
from execgate.policy.language.tokens import grammar
from execgate.policy.problems import visible


def report(text: str, file: str = "a.policy") -> str:
    with pytest.raises(PolicyError) as caught:
        PolicySet.parse(text, file)
    return caught.value.rendered


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\0", "not a text: NUL byte on line 1"),
        ('agent "x" {}\n\0', "not a text: NUL byte on line 2"),
        ("\ud800", "not a text: lone surrogate at character 0"),
        (" " * (MAX_BYTES + 1), "too large: 1,048,577 bytes, at most 1,048,576 are read"),
    ],
)
def test_what_is_no_text_is_refused(text, message) -> None:
    assert report(text) == f"error: {message}\n --> a.policy"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "{" * 200_000,
        'agent "x" {' * 50_000,
        "/*" * 200_000,
        '"' * 100_001,
        "\\" * 100_000,
        "agent " * 100_000,
        'agent "x" { can "code_execution" with constraints { max_cpus: ' + "9" * 500_000 + " } }",
        'agent "x" { can "code_execution" with constraints { allowed_imports: ["' + "a." * 500_000 + '"] } }',
        'agent "x" { can "code_execution" with constraints { allowed_imports: ' + "[" * 100_000 + " } }",
    ],
)
def test_deep_or_huge_text_is_refused_without_a_crash(text) -> None:
    assert len(report(text)) < 2000


BODY = 'agent "x" {{ can "code_execution" with constraints {{ {} }} }}'


@pytest.mark.parametrize(
    "text",
    [
        'agent "x" {}\n' * 30_000,
        BODY.format("allowed_imports: [" + '"m",' * 60_000 + "]"),
    ],
)
def test_more_words_than_a_policy_needs_are_refused(text) -> None:
    rendered = report(text)
    assert "error: too much policy: at most 100,000 words and signs are read\n" in rendered
    assert "= help: split the policy, and load the agents that are needed" in rendered


def test_the_files_of_a_folder_share_the_bound_of_words(tmp_path) -> None:
    for name in "ab":
        body = BODY.replace('"x"', f'"{name}"').format("allowed_imports: [" + '"m",' * 30_000 + "]")
        (tmp_path / f"{name}.policy").write_text(body)
    assert "b.policy:1:" in load_report(tmp_path)
    (tmp_path / "b.policy").unlink()
    assert PolicySet.load(tmp_path).agents == ("a",)


def test_a_large_policy_of_comments_and_spaces_loads() -> None:
    assert PolicySet.parse("// why\n" * 70_000 + " " * 400_000 + 'agent "x" {}').agents == ("x",)


@pytest.mark.parametrize("char", ["\r", "\x0b", "\f", "\x1b", "\x85", "\u2028", "\u202e", "\u2066", "\u200f"])
@pytest.mark.parametrize("text", ["// as agreed {}allowed_imports", 'agent "y" {} {{}}', 'agent "{}" {{}}'])
def test_a_text_that_may_be_shown_otherwise_than_it_is_read_is_refused(char, text) -> None:
    hostile = text.format(char)
    rendered = report(hostile)
    assert rendered.startswith(
        f"error: a character that can hide or reorder what is shown: `{visible(char)}`\n"
        f" --> a.policy:1:{hostile.index(char) + 1}\n"
    )
    assert rendered.endswith("  = help: remove it; in a string, write it as an escape")


def test_a_line_may_end_as_on_any_system() -> None:
    assert PolicySet.parse('// one\r\nagent "x" {}\r\n').agents == ("x",)


@pytest.mark.parametrize("char", ["\u200b", "\u00a0", "\u3000", "\U000e0041", "\ufeff"])
def test_a_character_that_does_not_show_is_spelled_in_a_string(char) -> None:
    body = BODY.format('allowed_file_operations: ["read"] allowed_file_paths: ["/data/{}x"]')
    assert f'a character that does not show in "/data/{visible(char)}x"' in report(body.replace("{}", char))
    escape = char.encode("utf-16-be").hex()
    spelled = "".join(f"\\u{escape[at : at + 4]}" for at in range(0, len(escape), 4))
    policy = PolicySet.parse(body.replace("{}", spelled)).agent("x")
    assert policy.constraints_json()["allowed_file_paths"] == [f"/data/{char}x"]


def parsed(text: str) -> str:
    """Return the report on `text`, which is empty where there is nothing to report."""
    try:
        PolicySet.parse(text)
    except PolicyError as error:
        return error.rendered
    return ""


@given(st.text(max_size=60))
def test_no_text_crashes_the_parser(text) -> None:
    rendered = parsed(text)
    assert not {"Cf", "Cs", "Co", "Zl", "Zp"} & set(map(unicodedata.category, rendered))


TOKENS = [
    "agent",
    "can",
    "with",
    "constraints",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"x"',
    '"code_execution"',
    "max_cpus",
    "1",
    "allowed_imports",
    "unlimited",
    "\n",
    "/*",
    "*/",
    "//",
    "\\",
    '"',
]


@given(st.lists(st.sampled_from(TOKENS), max_size=25))
def test_no_sequence_of_tokens_crashes_the_parser(tokens) -> None:
    text = " ".join(tokens)
    rendered = parsed(text)
    assert not rendered or rendered.startswith("error: ")
    assert rendered or parses(text)
    lines = text.split("\n")
    for line, column in re.findall(r"--> <policy>:(\d+):(\d+)", rendered):
        assert 1 <= int(column) <= max(1, len(lines[int(line) - 1]))


def parses(text: str) -> bool:
    """Whether the grammar alone takes the text."""
    try:
        grammar().parse(text)
    except LarkError:
        return False
    return True


SOUND = """agent "x" {
  can "code_execution" with constraints {
    allowed_imports: ["os", "sys"]
    max_cpus: 2
  }
}
agent "y" { }
"""


@given(st.integers(0, len(SOUND)), st.integers(0, 4), st.sampled_from(["", *TOKENS, "'", ";", "="]))
def test_a_sound_text_with_a_slip_is_refused_or_sound_again(at, length, slip) -> None:
    text = SOUND[:at] + slip + SOUND[at + length :]
    rendered = parsed(text)
    assert rendered or parses(text)
    assert rendered.count("error: ") <= 4, rendered


def test_the_file_of_an_earlier_agent_is_named_whole(tmp_path) -> None:
    folder = tmp_path / ("long" * 30) / ("folder" * 30)
    folder.mkdir(parents=True)
    for name in "ab":
        (folder / f"{name}.policy").write_text('agent "x" { }')
    assert f"the first is at {folder}/a.policy:1; join the two, or rename one" in load_report(folder).replace(
        "PATH", str(folder)
    )


# --- files and folders --------------------------------------------------------------------------------------

GOOD = b'agent "x" { can "code_execution" }'


def load_report(path) -> str:
    with pytest.raises(PolicyError) as caught:
        PolicySet.load(path)
    return caught.value.rendered.replace(str(path), "PATH")


def test_a_folder_is_its_policy_files_by_name(tmp_path) -> None:
    (tmp_path / "b.policy").write_bytes(b'\xef\xbb\xbfagent "b" {}')
    (tmp_path / "a.policy").write_bytes(b'agent "a" {}')
    (tmp_path / ".hidden.policy").write_bytes(b"broken")
    (tmp_path / "notes.txt").write_bytes(b"broken")
    policies = PolicySet.load(tmp_path)
    assert policies.agents == ("a", "b")
    assert policies.agent("b").clause.file == str(tmp_path / "b.policy")


def test_a_file_may_have_any_name(tmp_path) -> None:
    (tmp_path / "policy.txt").write_bytes(GOOD)
    assert PolicySet.load(tmp_path / "policy.txt").agents == ("x",)


def test_the_mistakes_of_all_files_are_reported_and_nothing_is_loaded(tmp_path) -> None:
    (tmp_path / "a.policy").write_bytes(GOOD)
    (tmp_path / "b.policy").write_bytes(b"agent {")
    (tmp_path / "c.policy").write_bytes(b'agent "x" { can "y" }')
    (tmp_path / "d.policy").write_bytes(b"")
    (tmp_path / "e.policy").write_bytes(b"ok\n\xff")
    (tmp_path / "f.policy").mkdir()
    os.mkfifo(tmp_path / "g.policy")
    (tmp_path / "h.policy").symlink_to("nowhere")
    (tmp_path / "i.policy").symlink_to("i.policy")
    assert [
        line for line in load_report(tmp_path).splitlines() if line.startswith(("error", " -->", "  = "))
    ] == [
        "error: expected a string in double quotes, got `{`",
        " --> PATH/b.policy:1:7",
        "error: agent `x` a second time",
        " --> PATH/c.policy:1:7",
        "  = help: the first is at PATH/a.policy:1; join the two, or rename one",
        "error: unknown capability `y`",
        " --> PATH/c.policy:1:17",
        '  = help: there are: "code_execution", "payment", "tool"',
        "error: not UTF-8: byte 0xff on line 2",
        " --> PATH/e.policy",
        "  = help: save the file as UTF-8",
        "error: a folder, not a policy file",
        " --> PATH/f.policy",
        "  = help: rename the folder, or move it elsewhere",
        "error: not a regular file",
        " --> PATH/g.policy",
        "  = help: name a policy file",
        "error: no such file or folder",
        " --> PATH/h.policy",
        "  = help: name a policy file, or a folder of *.policy files",
        "error: can't be read: too many levels of symbolic links",
        " --> PATH/i.policy",
        "  = help: name a policy file, or a folder of *.policy files",
    ]


def test_a_folder_without_policies_is_refused(tmp_path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"x")
    assert load_report(tmp_path) == (
        "error: no policies: the folder holds no *.policy file\n --> PATH\n  = help: name a policy file"
    )


def test_a_path_that_is_missing_or_none_is_refused(tmp_path) -> None:
    assert load_report(tmp_path / "missing").startswith("error: no such file or folder\n --> PATH\n")
    assert load_report(tmp_path / ("x" * 300)).startswith("error: can't be read: file name too long")
    with pytest.raises(PolicyError, match=r"can't be read.*embedded null"):
        PolicySet.load(tmp_path / "a\0b")


def test_files_that_are_too_large_together_are_refused(tmp_path) -> None:
    (tmp_path / "a.policy").write_bytes(GOOD + b" " * MAX_BYTES)
    assert "too large: at most 1,048,576 bytes of policy are read" in load_report(tmp_path)
    (tmp_path / "a.policy").write_bytes(b'agent "a" {}' + b" " * (MAX_BYTES // 2))
    (tmp_path / "b.policy").write_bytes(b'agent "b" {}' + b" " * (MAX_BYTES // 2))
    assert load_report(tmp_path).count("too large") == 1


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch) -> None:
    file = tmp_path / "a.policy"
    file.write_bytes(GOOD)
    if os.geteuid() != 0:
        file.chmod(0)
    else:  # for root every file can be read

        def deny(*_args, **_kwargs):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.open", deny)
    assert load_report(file) == (
        "error: may not be read: permission denied\n --> PATH\n  = help: let this user read it"
    )


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("text", ['agent "a" { }', "agent"])
def test_loading_leaves_the_garbage_collector_as_it_was(text, enabled) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if enabled else gc.disable()
        with contextlib.suppress(PolicyError):
            PolicySet.parse(text)
        assert gc.isenabled() is enabled
    finally:
        gc.enable() if before else gc.disable()
