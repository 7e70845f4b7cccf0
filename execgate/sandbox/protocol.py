"""What every backend promises."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from execgate.model.execution import ExecutionResult, InputFile
from execgate.model.held import Held
from execgate.model.operation import Operation
from execgate.model.verdict import Authorization


def to_stderr(line: str) -> None:
    """Print a line of progress for people, where nobody takes it."""
    sys.stderr.write(line + "\n")


Permits = Callable[[Operation], bool]
"""Says whether the executing agent's policy permits one operation of which everything is known."""


class Sandbox(Protocol):
    """A place where an authorized program runs once, confined, and of which nothing stays.

    Whatever the limits say, also where they are unlimited: no network but through the gate, no host file but
    those that the policy names, no privilege, a user that is nobody on the host, and a working folder that
    starts with the inputs (and with what the same session left there) and nothing else.
    """

    name: str

    def run(
        self,
        authorization: Authorization,
        *,
        inputs: Sequence[InputFile] = (),
        on_output: Callable[[str, bytes], None] | None = None,
        conversation: str | None = None,
        permits: Permits | None = None,
    ) -> ExecutionResult:
        """Run exactly the authorized text within its limits and return how it ended.

        `inputs` lie in the working folder when the program begins.  `on_output` gets "stdout" or "stderr"
        and what arrived, while the program runs, in the thread that called.  `conversation` identifies the
        conversation whose session the run belongs to, where the policy has sessions; `permits` is asked about
        hosts while the program runs, and without it none is reached.

        Raises SandboxUnavailableError or InputError where nothing was run.  Once the program may have
        started there is always a result, with Stop.ENGINE where the sandbox was lost.  On KeyboardInterrupt,
        and on an error of `on_output`, the program is stopped and removed before it is raised again.
        """
        ...

    def held(self, agent: str, conversation: str) -> Held:
        """Return what the interpreter of a session holds now.

        A program that is to run there is judged together with them; `run` refuses any other state.
        """
        ...

    def end_sessions(self, agent: str | None = None, conversation: str | None = None) -> int:
        """End the sessions of an agent and a conversation, of all where None; return how many there were.

        Waits for no run: one that is under way ends in its session, of which nothing is left then.
        """
        ...

    def close(self) -> None:
        """Let go of what is held; the sandbox can't be used afterwards."""
        ...


@runtime_checkable
class Warming(Protocol):
    """A sandbox that can prepare for a run before there is one."""

    def warm(self, authorization: Authorization, count: int = 1) -> int:
        """Have `count` places wait for programs like this one; return how many do.

        Raises SandboxUnavailableError.
        """
        ...


@runtime_checkable
class Turning(Protocol):
    """A sandbox that has those who share a session wait for each other."""

    def turn(self, agent: str, conversation: str) -> AbstractContextManager[None]:
        """Return what makes the caller alone with a session, from what it holds to the end of the run.

        Without it somebody else may run something there in between, and the verdict has to be given again.
        Ending a session waits for nobody.
        """
        ...
