"""The composition root: code in, verdict, run and receipts out.

The only file that knows all rooms.  Each is imported when it is first needed, so that a dry run
loads neither the container engine's client nor the receipt store.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from execgate.calls import BlocksExecution, Execution, NotRunError, strictest
from execgate.errors import PolicyError, SessionChangedError
from execgate.judging import AskedTool, judge_blocks, judge_code, judge_tool, permission
from execgate.model.confines import Session
from execgate.model.context import Context, agreed
from execgate.model.conversation import Conversation
from execgate.model.execution import InputFile
from execgate.model.held import NOTHING, Held
from execgate.model.source import Source
from execgate.model.verdict import Decision, Reason, Verdict, Violation
from execgate.running import OnOutput, Runner

if TYPE_CHECKING:
    from execgate.policy import PolicySet
    from execgate.policy.watched import Version, WatchedPolicies
    from execgate.receipts import ReceiptStore
    from execgate.sandbox import Reserved, Sandbox

LOCAL_HOME = ".execgate"
"""Where state lives in a working folder."""

_JUDGED_AGAIN = 2

Clock = Callable[[], datetime]
"""Gives the time, with a zone."""


class Gate:
    """Judges code by the executing agent's policy and runs what is allowed; safe to share between threads."""

    def __init__(
        self,
        policies: PolicySet,
        *,
        home: str | Path | None = None,
        sandbox: Sandbox | str | None = None,
        policy_path: str | Path | None = None,
        clock: Clock | None = None,
        ahead: bool = True,
    ) -> None:
        """Make a gate for policies that are loaded already, and stay as they are.

        `policy_path` is where they are from, for `reserved`; `clock` is asked once a call for the time that
        it is decided at.  Without `ahead`, no container is started before its program is there: for a process
        that runs one.  `sandbox` is one, or the name of one: see `open_sandbox`.
        """
        self._policies = policies
        self._watched: WatchedPolicies | None = None
        self._clock = clock if clock is not None else _now
        # Fixed now: a program that changes its working folder must not get a second log there.
        self.home = Path(home).absolute() if home is not None else default_home()
        # Where another start looks for state is as closed to programs as where this gate keeps its own.
        self._homes = tuple(dict.fromkeys((self.home, default_home(), Path(LOCAL_HOME).absolute())))
        self._policy_path = None if policy_path is None else Path(policy_path).absolute()
        self._sandbox = None if isinstance(sandbox, str) else sandbox
        self._sandbox_name = sandbox if isinstance(sandbox, str) else None
        self._ahead = ahead
        self._store: ReceiptStore | None = None
        # Two, so that a decision gets its receipt while an engine that does not answer is waited for.
        self._opening_store = threading.Lock()
        self._opening_sandbox = threading.Lock()

    @classmethod
    def load(
        cls,
        policies: str | Path,
        *,
        home: str | Path | None = None,
        sandbox: Sandbox | str | None = None,
        reload: bool = True,
        clock: Clock | None = None,
        on_policy_error: Callable[[PolicyError], None] | None = None,
    ) -> Gate:
        """Return a gate for a policy file or a folder of `*.policy` files.

        Receipts are kept in `home`, by default `$EXECGATE_HOME` or `.execgate` in the working folder; code
        runs in `sandbox` (one, or the name of one), by default in what `open_sandbox` finds: a fresh
        container of Docker for every run, or bubblewrap where no engine answers.  Raises PolicyError.

        With `reload`, files that change decide from the next call on.  Where they can't be used any more, the
        policies before them go on deciding: that is logged, `policy_error` says why, `on_policy_error` is
        called, and each receipt made meanwhile tells it.
        """
        from execgate.policy import PolicySet
        from execgate.policy.watched import WatchedPolicies

        path = Path(policies)
        if not reload:
            return cls(PolicySet.load(path), home=home, sandbox=sandbox, policy_path=path, clock=clock)
        watched = WatchedPolicies(path, on_refused=on_policy_error)
        loaded = watched.current().policies
        gate = cls(loaded, home=home, sandbox=sandbox, policy_path=path, clock=clock)
        gate._watched = watched
        return gate

    @property
    def policies(self) -> PolicySet:
        """The policies that decide now."""
        return self._version()[0]

    @property
    def policy_error(self) -> PolicyError | None:
        """Why the policy that lies in the files now was refused, None where it is the one that decides."""
        if self._watched is None:
            return None
        refused = self._watched.current().refused
        return None if refused is None else refused.error

    def analyze(
        self,
        code: str | Source,
        *,
        agent: str,
        staged: Mapping[str, Source] | None = None,
        conversation: Conversation | None = None,
        context: Context | None = None,
    ) -> Verdict:
        """Return the verdict on `code` for `agent`; runs nothing and leaves no receipt.

        `staged` are files by their name in the working folder that were judged before, for the code to
        import and run.  `context` is what else is known, such as the phase and what was spent; suggester,
        group and turn are taken from `conversation` where it lacks them, and the time from the gate's clock.

        Code that can't be analysed and an agent without a policy are denied verdicts, not errors.  Raises
        TypeError for what is neither text nor a Source, and for an agent that is no text; ContextError where
        context and conversation contradict each other.
        """
        return judge_code(code, agent, self.policies, staged, self._known(conversation, context)[1])

    def judge_tool(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        agent: str,
        stage: str = "execute",
        conversation: Conversation | None = None,
        context: Context | None = None,
    ) -> Verdict:
        """Return whether `agent` may call the tool `name` with `arguments`; leaves no receipt.

        `stage` is `execute`, or `propose` for the agent that asks for the call.  Arguments without a JSON
        form are a denied verdict; `context` and `conversation` as for `analyze`.
        """
        known = self._known(conversation, context)[1]
        return judge_tool(AskedTool(name, arguments, stage), agent, self.policies, known)

    def decide_tool(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        agent: str,
        stage: str = "execute",
        conversation: Conversation | None = None,
        context: Context | None = None,
    ) -> Execution:
        """Judge a call of a tool as `judge_tool` does, and make the decision durable before returning.

        The gate calls no tool: the caller does, where `verdict.allowed`.  Raises ReceiptError where the
        decision could not be made durable; the tool must not be called then.
        """
        policies, version = self._version()
        conversation, known = self._known(conversation, context)
        verdict = judge_tool(AskedTool(name, arguments, stage), agent, policies, known)
        return self._decide([verdict], conversation, version)[0]

    def execute(
        self,
        code: str | Source,
        *,
        agent: str,
        conversation: Conversation | None = None,
        context: Context | None = None,
        inputs: Sequence[InputFile] = (),
        on_output: OnOutput | None = None,
    ) -> Execution:
        """Judge `code`, receipt the decision, and run it if it is allowed; `context` as for `analyze`.

        The decision is durable before anything runs, and the outcome follows it.  Raises ReceiptError where
        a decision could not be made durable (then nothing ran), and NotRunError, a SandboxUnavailableError,
        where there is no sandbox (then nothing ran, and the outcome receipt says so).
        """
        call = self.execute_blocks(
            [code],
            agent=agent,
            conversation=conversation,
            context=context,
            inputs=inputs,
            on_output=on_output,
        )
        return call.blocks[0]

    def execute_blocks(
        self,
        blocks: Sequence[str | Source],
        *,
        agent: str,
        conversation: Conversation | None = None,
        context: Context | None = None,
        inputs: Sequence[InputFile] = (),
        on_output: OnOutput | None = None,
    ) -> BlocksExecution:
        """Judge every block before any runs, then run them in order until the first that fails.

        One denied block denies the call; all are judged by one version of the policies, in one context and at
        one time.  What a block leaves in its working folder is handed to the next.
        Raises as `execute` does, as long as nothing has run; a later block that can't be run has a result
        that says so, beside those of the blocks before it.

        Where the policy keeps an interpreter for the conversation, the blocks are judged together with those
        that ran there, as long as their names are there.
        """
        for _ in range(_JUDGED_AGAIN):
            try:
                return self._execute_blocks(blocks, agent, (conversation, context), inputs, on_output)
            except NotRunError as error:  # noqa: PERF203 - it is what the loop is for
                # Between the verdict and the run the session ended, or somebody else ran something there.
                if not isinstance(error.__cause__, SessionChangedError):
                    raise
        return self._execute_blocks(blocks, agent, (conversation, context), inputs, on_output)

    def _execute_blocks(
        self,
        blocks: Sequence[str | Source],
        agent: str,
        around: tuple[Conversation | None, Context | None],
        inputs: Sequence[InputFile],
        on_output: OnOutput | None,
    ) -> BlocksExecution:
        if isinstance(blocks, (str, bytes, Source)):
            raise TypeError(f"blocks must be a sequence of texts or Sources, not {type(blocks).__name__}")
        policies, version = self._version()
        conversation, known = self._known(*around)
        verdicts = judge_blocks(blocks, agent, policies, known)
        with self._turn(verdicts, agent, conversation) as held:
            if held is not None:
                verdicts = judge_blocks(blocks, agent, policies, known, held)
            executions = self._decide(verdicts, conversation, version)
            if strictest(execution.verdict for execution in executions) is not Decision.ALLOW:
                return BlocksExecution(tuple(executions))
            runner = Runner(
                lambda: self.sandbox,
                self.receipts,
                self.reserved,
                conversation.conversation_id,
                lambda verdict: permission(verdict, policies, known),
                on_output,
            )
            return runner.run(executions, inputs)

    @contextmanager
    def _turn(
        self, verdicts: Sequence[Verdict], agent: str, conversation: Conversation
    ) -> Iterator[Held | None]:
        """Give what the interpreter of a call's session holds while nobody else uses it, None for no such."""
        chat = conversation.conversation_id
        if chat is None or not any(verdict.confines.session is Session.INTERPRETER for verdict in verdicts):
            yield None
            return
        sandbox = self._sandbox  # one that is being opened holds nothing yet
        if sandbox is None:
            yield NOTHING
            return
        from execgate.sandbox import Turning

        with sandbox.turn(agent, chat) if isinstance(sandbox, Turning) else nullcontext():
            yield sandbox.held(agent, chat)

    def refuse(
        self,
        blocks: Sequence[Source],
        *,
        agent: str,
        why: str,
        constraint: str = "agent",
        conversation: Conversation | None = None,
    ) -> BlocksExecution:
        """Deny blocks that can't be judged, such as those of no known agent; each is receipted.

        `constraint` names what is missing to judge by.
        """
        violation = Violation(constraint, why, Reason.SYSTEM)
        verdicts = [Verdict(block, agent, violations=(violation,), error=why) for block in blocks]
        known = conversation if conversation is not None else Conversation()
        return BlocksExecution(tuple(self._decide(verdicts, known, None)))

    def _version(self) -> tuple[PolicySet, Version | None]:
        """Return the policies of one whole decision, and the version of the files that they are."""
        if self._watched is None:
            return self._policies, None
        version = self._watched.current()
        return version.policies, version

    def _known(
        self, conversation: Conversation | None, context: Context | None
    ) -> tuple[Conversation, Context]:
        """Return both with what the other knows, and the time; raises ContextError where they disagree."""
        said, known = agreed(
            conversation if conversation is not None else Conversation(),
            context if context is not None else Context(),
        )
        return said, known if known.time is not None else replace(known, time=self._clock())

    def _decide(
        self, verdicts: Sequence[Verdict], conversation: Conversation, version: Version | None
    ) -> list[Execution]:
        """Make the decision on every part of a call durable."""
        from execgate.receipts import CallPart, PolicySource

        source = None
        if version is not None:
            refused = version.refused
            source = PolicySource(
                version.digest,
                None if refused is None else refused.error.message,
                None if refused is None else refused.digest,
            )
        approved = strictest(verdicts) is Decision.ALLOW
        decide = self.receipts.decision
        return [
            Execution(
                verdict,
                decide(verdict, conversation, call=CallPart(index, len(verdicts), approved), policies=source),
            )
            for index, verdict in enumerate(verdicts)
        ]

    @property
    def receipts(self) -> ReceiptStore:
        """The receipt store in `home`, opened (and made) when it is first asked for."""
        with self._opening_store:
            if self._store is None:
                from execgate.receipts import ReceiptStore

                self._store = ReceiptStore.open(self.home, clock=self._clock)
            return self._store

    @property
    def sandbox(self) -> Sandbox:
        """Where approved code runs; made when it is first asked for, never replaced by no isolation.

        Raises InputError for a name that is none, and SandboxUnavailableError where nothing works here.
        """
        with self._opening_sandbox:
            if self._sandbox is None:
                from execgate.sandbox import NOTHING, USUAL, open_sandbox

                self._sandbox = open_sandbox(self._sandbox_name, ahead=USUAL if self._ahead else NOTHING)
            return self._sandbox

    def warm(self, agent: str, code: str = "") -> bool:
        """Have a container started for the next program of `agent`; return whether one waits.

        Without this a first run starts its own, which takes some 0.3 s.  `code` is an example of what will
        run, where its imports decide what waits.  Raises PolicyError, and SandboxUnavailableError with the
        fix; where the policy denies the example, nothing is started.
        """
        from execgate.model.verdict import Authorization
        from execgate.sandbox import Warming

        verdict = self.analyze(code, agent=agent)
        sandbox = self.sandbox
        if not verdict.allowed or not isinstance(sandbox, Warming):
            return False
        return sandbox.warm(Authorization.of(verdict)) > 0

    def end_sessions(self, agent: str | None = None, conversation: str | None = None) -> int:
        """End what is kept between the blocks of an agent in a conversation; return how many sessions ended.

        `conversation` is its id; None stands for every agent, and for every conversation.  The next block
        begins anew.  Waits for no run: one that is under way ends as it would have, and leaves nothing.
        """
        sandbox = self._sandbox
        return 0 if sandbox is None else sandbox.end_sessions(agent, conversation)

    @property
    def reserved(self) -> Reserved:
        """What is never handed to a program, and never replaced by what one leaves."""
        from execgate.sandbox import Reserved

        return Reserved(self._homes, () if self._policy_path is None else (self._policy_path,))

    def close(self) -> None:
        """Release the sandbox and the receipt store."""
        try:
            with self._opening_sandbox:
                if self._sandbox is not None:
                    self._sandbox.close()
        finally:  # Ctrl-C while containers are removed leaves a log that is closed all the same
            with self._opening_store:
                if self._store is not None:
                    self._store.close()
                    self._store = None

    def __enter__(self) -> Gate:  # noqa: PYI034 - Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def default_home() -> Path:
    """Return where state lives: `$EXECGATE_HOME`, else `.execgate` in the working folder."""
    named = os.environ.get("EXECGATE_HOME")
    # A file that sets the variable is not always read by a shell, which would know what `~` is.
    return Path(os.path.expanduser(named) if named else LOCAL_HOME).absolute()  # noqa: PTH111 - never raises


def _now() -> datetime:
    return datetime.now(timezone.utc)
