"""The command `execgate`: finds the command that is asked for and loads no other."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from execgate import __version__
from execgate.cli.console import Console, OutputError, show_traceback, silence_output
from execgate.cli.parser import HelpAsked, Parser, UsageError, examples, statuses, unknown
from execgate.errors import ExecgateError
from execgate.report.escape import visible

UNUSABLE = 2
INTERRUPTED = 130
BROKEN_PIPE = 141

COMMANDS: dict[str, tuple[str, str]] = {
    "analyze": ("analyze", "what code can do, and whether an agent may do it; runs nothing"),
    "run": ("run", "judge a program, run it confined if it is allowed, and keep receipts"),
    "policy starter": ("policy_starter", "policies to start from, each with its test cases"),
    "policy check": ("policy_check", "find every mistake in policy files"),
    "policy fmt": ("policy_fmt", "lay policy files out in one way; comments stay"),
    "policy test": ("policy_test", "run the cases beside a policy, and tell which clauses they made decide"),
    "policy explain": ("policy_explain", "what every clause says of a program, and what would turn it round"),
    "policy diff": ("policy_diff", "what a new policy newly permits and denies, each with an example"),
    "policy import": ("policy_import", "make a policy of the governance YAML that a team already has"),
    "policy docs": ("policy_docs", "the reference of the policy language, as Markdown"),
    "policy lsp": ("policy_lsp", "serve editors that speak the language server protocol"),
    "sandbox build": ("sandbox_build", "make an image that programs run in"),
    "sandbox list": ("sandbox_list", "list the images there are, and what is in them"),
    "sandbox prune": ("sandbox_prune", "remove the images that this version does not use"),
    "receipts list": ("receipts_list", "list the receipts"),
    "receipts show": ("receipts_show", "print one receipt"),
    "receipts verify": ("receipts_verify", "check that receipts are whole, offline"),
    "receipts prove": ("receipts_prove", "show that a receipt is in the log, without the others"),
    "receipts export": ("receipts_export", "write receipts to a file that others can verify"),
    "doctor": ("doctor", "what this machine can and cannot do, with the fix for each"),
}
"""Each command's module and what it is for."""


class Command(Protocol):
    """What the module of a command offers."""

    def configure(self, parser: Parser) -> None:
        """Add the options, the examples and the exit statuses."""

    def execute(self, options: object, console: Console) -> int:
        """Do it and return the exit status; raises ExecgateError."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; no error gets out of here."""
    try:
        console = Console()
        try:
            status = _dispatch(sys.argv[1:] if arguments is None else list(arguments), console)
            console.flush()
        except HelpAsked as help_:
            console.out(str(help_))
            status = 0
    except KeyboardInterrupt as error:
        status = _report_interrupt(error)
    except OutputError as error:
        silence_output()
        status = BROKEN_PIPE if error.broken_pipe else UNUSABLE
        if not error.broken_pipe:
            Console().error(error)
    except ExecgateError as error:
        Console().error(error)
        status = UNUSABLE
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches a user
        if isinstance(error.__cause__, KeyboardInterrupt):
            # Before Python 3.12 an interrupt in the middle of a class definition comes as a RuntimeError.
            return _report_interrupt(error.__cause__)
        _report_defect(error)
        status = UNUSABLE
    return status


def parser_of(name: str) -> Parser:
    """Return the parser of the command `name`, such as `receipts list`."""
    return _load(name)[1]


def _dispatch(arguments: list[str], console: Console) -> int:
    if arguments == ["--version"]:
        console.out(f"execgate {__version__}\n")
        return 0
    name, rest = _command(arguments)
    command, parser = _load(name)
    return command.execute(parser.parse(rest), console)


def _load(name: str) -> tuple[Command, Parser]:
    module, purpose = COMMANDS[name]
    command: Command = importlib.import_module(f"execgate.cli.{module}")
    parser = Parser(prog=f"execgate {name}", description=purpose[0].upper() + purpose[1:] + ".")
    command.configure(parser)
    return command, parser


def _command(arguments: list[str]) -> tuple[str, list[str]]:
    """Return which command is asked for, and its arguments; raises HelpAsked and UsageError."""
    if not arguments:
        raise UsageError("no command is given", help="`execgate --help` lists the commands")
    first = arguments[0]
    if first.startswith("-"):
        _overview().parse_args([first])
        raise UsageError(f"no command before `{first}`", help="`execgate --help` lists the commands")
    if first in COMMANDS:
        return first, arguments[1:]
    group = [name.removeprefix(f"{first} ") for name in COMMANDS if name.startswith(f"{first} ")]
    if not group:
        raise unknown("command", first, dict.fromkeys(name.split()[0] for name in COMMANDS))
    second = arguments[1] if len(arguments) > 1 else None
    if second is None:
        choice = ", ".join(f"`execgate {first} {name}`" for name in group)
        raise UsageError(f"`execgate {first}` needs to know what to do", help=choice)
    if second.startswith("-"):
        _group_overview(first).parse_args([second])
    if second not in group:
        raise unknown("command", f"{first} {second}", [f"{first} {name}" for name in group])
    return f"{first} {second}", arguments[2:]


def _overview() -> Parser:
    """Return the parser that prints what commands there are."""
    parser = Parser(
        prog="execgate",
        usage="execgate COMMAND [OPTION...]",
        description="The gate between AutoGen agents and the machine that runs their code.\n"
        "What the code can do is worked out, judged by the policy of the agent that executes it,\n"
        "run confined, and receipted.",
        epilog="\n\n".join(
            [
                _listing(COMMANDS),
                examples(
                    "execgate analyze job.py                         what the program can do",
                    "execgate analyze job.py --agent agent_analysis  whether that agent may do it",
                    "execgate run job.py --agent agent_analysis      do it, confined and receipted",
                    "execgate doctor                                 what is missing on this machine",
                ),
                statuses(
                    "each command's --help lists its own; common to all are",
                    "2    the input, the policy or the command line is unusable, or execgate itself failed",
                    "130  interrupted",
                    "141  standard output went away before everything was written",
                    "143  ended by SIGTERM; the sandbox was removed",
                ),
            ]
        ),
    )
    parser.add_argument("--version", action="store_true", help="show the version and leave")
    return parser


def _group_overview(group: str) -> Parser:
    names = [name for name in COMMANDS if name.startswith(f"{group} ")]
    return Parser(
        prog=f"execgate {group}",
        usage=f"execgate {group} COMMAND [OPTION...]",
        epilog=_listing(names) + f"\n\n`execgate {names[0]} --help` and the like say more.",
    )


def _listing(names: Iterable[str]) -> str:
    width = max(map(len, names))
    return "\n".join(["commands:", *(f"  {name:<{width}}  {COMMANDS[name][1]}" for name in names)])


def _report_interrupt(error: KeyboardInterrupt) -> int:
    Console().note("interrupted")
    return error.args[0] if error.args and isinstance(error.args[0], int) else INTERRUPTED


def _report_defect(error: Exception) -> None:
    show_traceback(error)
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("execgate"):
        message = f"execgate is not installed whole: the module `{error.name}` is missing"
        advice = "install it again with its dependencies: pip install --force-reinstall execgate"
    elif isinstance(error, FileNotFoundError) and _is_nowhere():
        message, advice = "the working folder is gone", "change to a folder that is there"
    else:
        text = visible(str(error), limit=200)
        message = f"internal error: {type(error).__name__}{f': {text}' if text else ''}"
        advice = (
            "nothing was allowed by this; it is a defect of execgate, please report it with the command "
            "and with what EXECGATE_DEBUG=1 prints"
        )
    Console().error(ExecgateError(message, help=advice))


def _is_nowhere() -> bool:
    try:
        Path.cwd()
    except OSError:
        return True
    return False
