"""Finding the command, its help, and every way to misspell it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from execgate import __version__
from execgate.cli.app import COMMANDS, parser_of

ROOT = Path(__file__).parents[2]


def test_the_overview_lists_every_command(execgate):
    done = execgate("--help")
    assert done.status == 0
    assert done.err == ""
    for name, (_, purpose) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(purpose)}$", done.out, re.MULTILINE)


def test_the_version_is_one_line(execgate):
    assert execgate("--version").out == f"execgate {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_and_exit_statuses(execgate, name):
    done = execgate(*name.split(), "--help")
    assert done.status == 0
    assert done.err == ""
    for part in (f"usage: execgate {name}", "examples:\n", "exit status:\n"):
        assert part in done.out


@pytest.mark.parametrize("group", ["policy", "sandbox", "receipts"])
def test_a_group_lists_its_commands(execgate, group):
    done = execgate(group, "--help")
    assert done.status == 0
    assert [line.split()[1] for line in done.out.splitlines() if line.startswith(f"  {group} ")] == [
        name.split()[1] for name in COMMANDS if name.startswith(f"{group} ")
    ]


@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        ([], "no command is given", "`execgate --help` lists the commands"),
        (["--frob"], "unrecognized arguments: --frob", "`execgate --help` shows how it is used"),
        (["analyse", "x"], "unknown command `analyse`", "did you mean `analyze`?"),
        (
            ["zzz"],
            "unknown command `zzz`",
            "there are `analyze`, `run`, `policy`, `sandbox`, `receipts`, `doctor`",
        ),
        (
            ["policy"],
            "`execgate policy` needs to know what to do",
            ", ".join(f"`execgate {name}`" for name in COMMANDS if name.startswith("policy ")),
        ),
        (["receipts", "lst"], "unknown command `receipts lst`", "did you mean `receipts list`?"),
        (
            ["analyze"],
            "the following arguments are required: PATH",
            "`execgate analyze --help` shows how it is used",
        ),
        (
            ["analyze", "x", "--form=json"],
            "unrecognized arguments: --form=json",
            "did you mean `--format`? `execgate analyze --help` shows how it is used",
        ),
        (
            ["run", "x"],
            "the following arguments are required: --agent",
            "`execgate run --help` shows how it is used",
        ),
        (
            ["analyze", "a\x1b[31m", "--bad\u202e"],
            "unrecognized arguments: --bad\\u{202e}",
            "`execgate analyze --help` shows how it is used",
        ),
    ],
)
def test_a_command_line_that_makes_no_sense_is_two_lines_and_status_2(execgate, arguments, message, advice):
    done = execgate(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"execgate: error: {message}\nhelp: {advice}\n"


def test_paths_and_options_may_stand_in_any_order(execgate, folder):
    (folder / "-odd.py").write_text("")
    (folder / "b.py").write_text("")
    done = execgate("analyze", "b.py", "--format", "json", "b.py", "--", "-odd.py")
    assert [result["path"] for result in done.document["results"]] == ["b.py", "b.py", "-odd.py"]
    assert done.status == 0


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        (["--", "-x", "--format"], ["-x", "--format"]),
        (["a", "--", "--", "b"], ["a", "--", "b"]),
        (["-", "--", "-"], ["-", "-"]),
        (["a", "--agent", "x", "b"], ["a", "b"]),
    ],
)
def test_two_dashes_end_the_options(words, paths):
    assert parser_of("analyze").parse(words).paths == paths


def test_a_defect_is_told_without_a_traceback(execgate, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops\x1b")

    monkeypatch.setattr("execgate.cli.analyze.read_all", broken)
    done = execgate("analyze", "x.py")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "execgate: error: internal error: ZeroDivisionError: oops\\u{1b}\n"
        "help: nothing was allowed by this; it is a defect of execgate, please report it with the command "
        "and with what EXECGATE_DEBUG=1 prints\n"
    )
    monkeypatch.setenv("EXECGATE_DEBUG", "1")
    assert "Traceback" in execgate("analyze", "x.py").err


def test_a_dependency_that_is_missing_is_named(execgate, monkeypatch):
    def broken(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'lark'", name="lark")

    monkeypatch.setattr("execgate.cli.analyze.read_all", broken)
    assert execgate("analyze", "x.py").err == (
        "execgate: error: execgate is not installed whole: the module `lark` is missing\n"
        "help: install it again with its dependencies: pip install --force-reinstall execgate\n"
    )


@pytest.mark.parametrize("command", [("receipts", "list"), ("doctor",), ("run", "/x.py", "--agent", "a")])
def test_a_working_folder_that_is_gone_is_said_to_be(execgate, folder, monkeypatch, command):
    monkeypatch.delenv("EXECGATE_HOME")
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()
    done = execgate(*command)
    monkeypatch.chdir(folder)
    assert (done.status, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert "internal error" not in done.err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_on_the_command_line_names_every_option(name):
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = re.search(rf"^## `execgate {name}`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert section is not None
    _, _, rest = section[1].partition("| option | meaning |\n| --- | --- |\n")
    table = rest.split("\n\n")[0]
    named = [row.split("`")[1].split()[0] for row in table.splitlines()]
    assert named == [
        action.option_strings[-1] if action.option_strings else action.metavar
        for action in parser_of(name)._actions
        if action.dest != "help"
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_and_the_help_list_the_same_exit_statuses(name):
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.split(f"## `execgate {name}`\n")[1].split("\n## ")[0]
    table = section.split("| exit status | meaning |\n| --- | --- |\n")[1].split("\n\n")[0]
    listed = parser_of(name).epilog.split("exit status:\n")[1]
    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == re.findall(r"^  (\d+) ", listed, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_has_the_values_of_every_option_as_the_help_has_them(name):
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.split(f"## `execgate {name}`\n")[1].split("\n## ")[0]
    _, _, rest = section.partition("| option | meaning |\n| --- | --- |\n")
    rows = {row.split("`")[1].split()[0]: row for row in rest.split("\n\n")[0].splitlines()}
    for action in parser_of(name)._actions:
        row = rows.get(action.option_strings[-1] if action.option_strings else action.metavar, "")
        if action.option_strings and action.metavar:
            assert action.metavar in row.split("` |")[0].replace("` or `", "|").replace("\\|", "|")
        for choice in action.choices or ():
            assert f"`{choice}`" in row


def typed(line):
    """Return each command of execgate in a line that a shell would be given, as (name, arguments)."""
    lexer = shlex.shlex(line.strip().partition("   ")[0], posix=True, punctuation_chars="|<>")
    lexer.whitespace_split = True
    parts = [[]]
    for word in lexer:
        if word == "|":
            parts.append([])
        else:
            parts[-1].append(word)
    for program, *words in parts:
        if program == "execgate":
            name = next(name for name in COMMANDS if words[: name.count(" ") + 1] == name.split())
            arguments = words[name.count(" ") + 1 :]
            redirected = [at for at, word in enumerate(arguments) if word in {"<", ">"}]
            yield name, arguments[: redirected[0]] if redirected else arguments


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_the_help_can_be_typed(name):
    listed = parser_of(name).epilog.split("examples:\n")[1].split("\n\n")[0]
    examples = [example for line in listed.splitlines() for example in typed(line)]
    assert name in [command for command, _ in examples]
    for command, arguments in examples:
        assert parser_of(command).parse(arguments)


def test_the_page_and_the_overview_agree_on_what_is_common_to_all(execgate):
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    table = page.split("Common to all commands:\n\n")[1].split("\n\n")[0]
    listed = execgate("--help").out.split("common to all are\n")[1]
    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == re.findall(r"^  (\d+) ", listed, re.MULTILINE)
    assert "`execgate --version`" in page
