"""The tree of deliberate errors.

A denial is a value, not an error: an error means that there is no verdict, and whoever was
about to execute treats that as a denial.  Library errors become one of these at a room's door.
"""

from __future__ import annotations

from typing import Any


class ExecgateError(Exception):
    """Every error that execgate raises on purpose; `str()` is one line for people.

    `help` names the fix, or is None where there is none to name.
    """

    def __init__(self, message: str, *, help: str | None = None) -> None:  # noqa: A002 - the field's word
        super().__init__(message)
        self.message = message
        self.help = help


class InputError(ExecgateError):
    """What was handed in can't be used: a file that is missing, not UTF-8, or too large."""


class SourceError(InputError):
    """Text that is no program that can be analysed.

    `line` counts from 1 and `column` from 0, in characters; both are None where no place is to blame.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        help: str | None = None,  # noqa: A002 - the word that errors use
    ) -> None:
        super().__init__(message, help=help)
        self.line = line
        self.column = column


class PolicyError(InputError):
    """A policy that can't be loaded; it never loads in part.

    `rendered` is the whole report, with line, column, caret and help for every mistake found; `problems` are
    the same mistakes as values of the policy's room.
    """

    def __init__(
        self,
        message: str,
        *,
        rendered: str | None = None,
        help: str | None = None,  # noqa: A002 - the word that errors use
        problems: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(message, help=help)
        self.rendered = rendered if rendered is not None else message
        self.problems = problems


class UnknownAgentError(PolicyError):
    """No policy block names the agent."""


class ContextError(InputError):
    """What is said about the state of a decision contradicts itself, so that nothing can be decided in it."""


class SandboxError(ExecgateError):
    """The sandbox could not be set up, or was lost while it ran."""


class SandboxUnavailableError(SandboxError):
    """There is no isolation to run in on this machine; nothing was run."""


class SessionChangedError(SandboxUnavailableError):
    """The session holds something else than the program was judged with; nothing was run."""


class ReceiptError(ExecgateError):
    """A receipt could not be made durable, or the store can't be read."""


class AuthorizationError(ExecgateError):
    """Something tried to run code without a verdict that allows it."""
