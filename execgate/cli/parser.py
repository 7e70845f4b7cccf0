"""Command lines: what every command shares in its options, its help and its mistakes."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from execgate.errors import ExecgateError
from execgate.model.source import LANGUAGES


class UsageError(ExecgateError):
    """The command line makes no sense."""


class HelpAsked(Exception):  # noqa: N818 - no error
    """The help text was asked for; it is what `str()` gives."""


class Parser(argparse.ArgumentParser):
    """A parser that prints nothing itself, takes no abbreviations, and keeps texts as they are written."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **options)

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Return the options; operands and options may stand in any order, and `--` ends the options."""
        words = list(arguments)
        if "--" in words:
            # argparse forgets about `--` where operands and options are mixed.  No argument of a process
            # holds a NUL, so it can mark what is no option.
            end = words.index("--")
            words[end:] = ["\0" + word for word in words[end + 1 :]]
        options = self.parse_intermixed_args(words)
        for name, value in vars(options).items():
            if isinstance(value, str):
                setattr(options, name, value.removeprefix("\0"))
            elif isinstance(value, list):
                setattr(options, name, [word.removeprefix("\0") for word in value])
        return options

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing and leaving."""
        advice = f"`{self.prog} --help` shows how it is used"
        _, unknown_, words = message.partition("unrecognized arguments: ")
        if unknown_:
            option = words.split()[0].partition("=")[0] if words.split() else ""
            near = difflib.get_close_matches(option, self._option_string_actions, n=1)
            if option.startswith("-") and near:
                advice = f"did you mean `{near[0]}`? {advice}"
        raise UsageError(message.replace("\0", ""), help=advice)

    def print_help(self, file: object = None) -> NoReturn:  # noqa: ARG002 - it is given, and goes elsewhere
        """Raise HelpAsked instead of printing: argparse takes no notice of an output that is full."""
        raise HelpAsked(self.format_help())


def examples(*lines: str) -> str:
    """Return the part of a help text that shows how a command is used."""
    return "\n".join(["examples:", *(f"  {line}" for line in lines)])


def statuses(*lines: str) -> str:
    """Return the part of a help text that lists the exit statuses."""
    return "\n".join(["exit status:", *(f"  {line}" for line in lines)])


def add_policy(parser: Parser) -> None:
    """Add `--policy`."""
    parser.add_argument(
        "--policy",
        metavar="P",
        help="a policy file, or a folder of *.policy files (default: ./policies if there is one, "
        "else the policies that ship with execgate)",
    )


def add_format(parser: Parser, *formats: str) -> None:
    """Add `--format` with the choice of `formats`, the first being the default."""
    parser.add_argument(
        "--format",
        choices=formats,
        default=formats[0],
        help=f"how the findings are printed (default: {formats[0]})",
    )


def add_language(parser: Parser) -> None:
    """Add `--language`."""
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        help="what the programs are written in (default: by the file's name, .sh and .bash; else Python)",
    )


def add_home(parser: Parser) -> None:
    """Add `--home`."""
    parser.add_argument(
        "--home",
        metavar="FOLDER",
        help="where receipts are kept (default: $EXECGATE_HOME, else .execgate in the working folder)",
    )


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """Return the error for a name that is not among `known`, with the nearest that is."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    advice = f"did you mean `{near[0]}`?" if near else "there are " + ", ".join(f"`{word}`" for word in names)
    return UsageError(f"unknown {kind} `{name}`", help=advice)
