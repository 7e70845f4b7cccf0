"""The code executor of classic AutoGen, with the gate in it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from weakref import WeakSet

from execgate.adapters import replies
from execgate.adapters.attribution import Attribution, attribute, current, reply_wrapper
from execgate.adapters.framework import classic
from execgate.adapters.legacy import legacy_wrappers
from execgate.adapters.wrapping import wrap_family
from execgate.errors import ExecgateError, InputError, SourceError
from execgate.gate import DENIED_EXIT_CODE, BlocksExecution, Gate
from execgate.model.conversation import Conversation
from execgate.model.execution import Artifact, InputFile
from execgate.model.source import Source
from execgate.model.verdict import Reason, Verdict, Violation

NO_AGENT = "(no agent)"
"""The executor in the receipt of a call that was made outside of every agent."""

_log = logging.getLogger("execgate.autogen")

_PYTHON = frozenset({"python", "python3", "py"})

_FILENAME = re.compile(r"#[ \t]*filename:[ \t]*(\S+)[ \t]*(?:\r?\n|$)")
_SAFE_NAME = re.compile(
    r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}(?:/[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}){0,3}"
)


class GatedExecutor:
    """Runs an agent's code blocks through `gate`: judged by the agent's policy, confined, receipted.

    For `code_execution_config={"executor": GatedExecutor(gate)}`; one may serve any number of agents.

    The files of `work_dir` (made if missing) are copied into each run, and what a run leaves is copied back;
    without it nothing goes in and nothing is kept.  `agent` names whose policy applies where no agent is
    replying, for direct use; without it such a call is denied.  `save_code` keeps blocks that start with
    `# filename: NAME` in `work_dir` once they are allowed; that is a write which no policy judges.
    """

    # AutoGen's runtime log writes an executor's `__dict__` down as JSON, and none of this should be in there.
    __slots__ = (
        "__dict__",
        "__weakref__",
        "_extractor",
        "_known_ungated",
        "_turn",
        "agent",
        "gate",
        "save_code",
        "work_dir",
    )

    def __init__(
        self,
        gate: Gate,
        *,
        work_dir: str | Path | None = None,
        agent: str | None = None,
        save_code: bool = False,
    ) -> None:
        if not callable(getattr(gate, "execute_blocks", None)):
            raise InputError(
                f"expected a Gate, got {type(gate).__name__}", help='pass Gate.load("policies/") or a Gate'
            )
        if save_code and work_dir is None:
            raise InputError("save_code without a work_dir has nowhere to save to", help="pass work_dir=...")
        self.gate = gate
        self.agent = agent
        self.save_code = save_code
        self.work_dir = None if work_dir is None else _folder(Path(work_dir), gate)
        self._extractor = BlockExtractor()
        # One call at a time: the next one's inputs are the files that this one leaves.
        self._turn = threading.Lock()
        self._known_ungated: WeakSet[Any] = WeakSet()
        install()

    @property
    def code_extractor(self) -> BlockExtractor:
        """What finds the code blocks of a message: fenced in Markdown, as AutoGen has it."""
        return self._extractor

    def execute_code_blocks(self, code_blocks: Sequence[Any]) -> Any:
        """Judge all blocks, then run them if every one is allowed; returns AutoGen's CodeResult.

        Exit code 126 and a text that says why for a call that is denied or that fails in the gate; nothing is
        raised, for that would end the chat.
        """
        if _deferring.get():
            raise _DeferredCallError(self, code_blocks)
        try:
            with self._turn:
                return self._execute(code_blocks)
        except Exception as error:  # noqa: BLE001 - whatever fails here denies
            _log.exception("the gate failed, so the call counts as denied")
            count = len(code_blocks) if isinstance(code_blocks, (list, tuple)) else 0
            return _result(DENIED_EXIT_CODE, replies.failed(error, count))

    def restart(self) -> None:
        """Do nothing: every run starts in a fresh sandbox."""

    def _execute(self, code_blocks: Sequence[Any]) -> Any:
        blocks = _pairs(code_blocks)
        found = attribute(blocks, self._blocks_of)
        if found is None:
            if self.agent is None:
                self._refuse(blocks)
                return _result(DENIED_EXIT_CODE, replies.unattributed())
            found = Attribution(self.agent, Conversation())
        self._warn_of_ungated()
        names = [_file_name(text) for _, text in blocks]
        inputs, left_out = self._inputs()
        call = self.gate.execute_blocks(
            [_source(*block, names[number], number) for number, block in enumerate(blocks)],
            agent=found.agent,
            conversation=found.conversation,
            inputs=inputs,
        )
        if not call.allowed:
            return _result(DENIED_EXIT_CODE, replies.denied(call, found.agent))
        notes = [replies.files_note("files that were not handed in", left_out)] if left_out else []
        notes += self._keep(call)
        return _result(call.exit_code, replies.ran(call, notes), self._saved(blocks, names))

    def _refuse(self, blocks: Sequence[tuple[str, str]]) -> None:
        """Leave a receipt for each block of a call that nobody can be held to have made."""
        from execgate.receipts import CallPart

        reason = Violation("agent", "no agent is making a reply, so no policy applies", Reason.SYSTEM)
        for number, (language, text) in enumerate(blocks):
            source = _source(language, text, None, number)
            if isinstance(source, str):  # Nothing that a receipt could hold.
                continue
            verdict = Verdict(source, NO_AGENT, violations=(reason,), error=reason.message)
            part = CallPart(number, len(blocks), approved=False)
            self.gate.receipts.decision(verdict, Conversation(), call=part)

    def _blocks_of(self, content: Any) -> list[tuple[str, str]]:
        return _pairs(self._extractor.extract_code_blocks(content))

    def _inputs(self) -> tuple[Sequence[InputFile], Sequence[str]]:
        if self.work_dir is None:
            return (), ()
        from execgate.sandbox.files import collect_inputs

        return collect_inputs(self.work_dir)

    def _keep(self, call: BlocksExecution) -> list[str]:
        """Write what the run left back to the working folder; returns what is to be told about it."""
        if not call.artifacts:
            return []
        if self.work_dir is None:
            names = [artifact.name for artifact in call.artifacts]
            return [replies.files_note("files that were left and not kept, for want of a work_dir", names)]
        from execgate.sandbox.files import write_artifacts

        try:
            _, refused = write_artifacts(self.work_dir, call.artifacts)
        except (ExecgateError, OSError) as error:
            return [f"the files that were left could not be written back: {error}"]
        return [replies.files_note("files that were not written back", refused)] if refused else []

    def _saved(self, blocks: Sequence[tuple[str, str]], names: Sequence[str | None]) -> str | None:
        """Save the blocks that name a file, if that is wanted; returns the first one's path."""
        named = [Artifact(name, text.encode()) for name, (_, text) in zip(names, blocks, strict=True) if name]
        if not named or not self.save_code or self.work_dir is None:
            return None
        from execgate.sandbox.files import write_artifacts

        written, _ = write_artifacts(self.work_dir, named)
        return str(written[0]) if written else None

    def _warn_of_ungated(self) -> None:
        """Say once of each other member of the group that runs code around the gate."""
        frame = current()
        group = getattr(frame.sender, "groupchat", None) if frame is not None else None
        for peer in getattr(group, "agents", ()):
            config = getattr(peer, "_code_execution_config", False)
            if isinstance(config, dict) and gated(peer) is None and peer not in self._known_ungated:
                self._known_ungated.add(peer)
                _log.warning(
                    "agent `%s` of the same group runs code without the gate; see execgate.autogen.guard",
                    peer.name,
                )


class BlockExtractor:
    """Finds the fenced code of a message where AutoGen's own extractor does, and can't be made to fail.

    That one compiles what has no label, in this process, to guess whether it is Python.  Here it is taken for
    Python unless it looks like a command, and the gate finds out.
    """

    def extract_code_blocks(self, message: Any) -> list[Any]:
        """Return the blocks of a message's content, none where it holds no text."""
        from autogen.code_utils import CODE_BLOCK_PATTERN, content_str
        from autogen.coding import CodeBlock

        try:
            text = content_str(message)
        except Exception:  # noqa: BLE001 - what is no text holds no code
            return []
        found = re.findall(CODE_BLOCK_PATTERN, text, flags=re.DOTALL)
        return [CodeBlock(code=code, language=language or _guessed(code)) for language, code in found]


def install() -> None:
    """Have every reply of every agent known, and the ways around an executor closed; once per process."""
    wrap_family(
        classic().ConversableAgent,
        {
            "generate_reply": reply_wrapper(_prepare),
            "a_generate_reply": reply_wrapper(_prepare),
            **legacy_wrappers(gated),
        },
    )


def gated(agent: Any) -> GatedExecutor | None:
    """Return the gated executor of `agent`, None where it has none."""
    executor = getattr(agent, "_code_executor", None)
    return executor if isinstance(executor, GatedExecutor) else None


_deferring: ContextVar[bool] = ContextVar("execgate_deferring", default=False)


class _DeferredCallError(BaseException):
    """Carries the blocks out of AutoGen's synchronous reply, to be run beside the event loop."""

    def __init__(self, executor: GatedExecutor, blocks: Sequence[Any]) -> None:
        super().__init__()
        self.executor = executor
        self.blocks = blocks


@contextlib.contextmanager
def _deferred() -> Iterator[None]:
    token = _deferring.set(True)
    try:
        yield
    finally:
        _deferring.reset(token)


def _prepare(agent: Any) -> None:
    """Put our two reply functions before AutoGen's that runs code, if `agent` is gated and lacks them."""
    listed = [entry["reply_func"] for entry in getattr(agent, "_reply_func_list", ())]
    if gated(agent) is None or _observe in listed or _code_reply() not in listed:
        return
    autogen = classic()
    place = listed.index(_code_reply())
    agent.register_reply(
        [autogen.Agent, None], _run_beside_the_loop, position=place, ignore_async_in_sync_chat=True
    )
    agent.register_reply([autogen.Agent, None], _observe, position=place)


def _code_reply() -> Any:
    return classic().ConversableAgent._generate_code_execution_reply_using_executor  # noqa: SLF001


def _observe(agent: Any, messages: Any = None, sender: Any = None, config: Any = None) -> tuple[bool, None]:  # noqa: ARG001
    """Note the messages as the agent's hooks left them, for code is taken from these."""
    frame = current()
    if frame is not None and frame.agent is agent:
        frame.scanned = messages
    return False, None


async def _run_beside_the_loop(
    agent: Any,
    messages: Any = None,
    sender: Any = None,
    config: Any = None,  # noqa: ARG001
) -> tuple[bool, str | None]:
    """Reply as AutoGen's synchronous function does, but leave the event loop free while the code runs."""
    frame = current()
    listed = [entry["reply_func"] for entry in agent._reply_func_list]  # noqa: SLF001
    if _code_reply() not in listed or (frame is not None and _code_reply() in frame.exclude):
        return False, None
    try:
        with _deferred():
            final, reply = _code_reply()(agent, messages=messages, sender=sender)
            return final, reply
    except _DeferredCallError as call:
        deferred = call
    # The thread gets a copy of this task's context, so the code stays attributed to this reply.
    result = await asyncio.to_thread(deferred.executor.execute_code_blocks, deferred.blocks)
    ended = "execution succeeded" if result.exit_code == 0 else "execution failed"
    return True, f"exitcode: {result.exit_code} ({ended})\nCode output: {result.output}"


def _pairs(code_blocks: Sequence[Any]) -> list[tuple[str, str]]:
    return [(str(block.language or ""), str(block.code)) for block in code_blocks]


def _guessed(code: str) -> str:
    return "sh" if code.startswith(("pip", "python ", "python3 ")) else "python"


def _source(language: str, text: str, name: str | None, number: int) -> Source | str:
    """Return the block as the gate takes it; a text that is no source is left for the gate to refuse."""
    python = language.strip().lower() in _PYTHON
    known = "python" if python else language.strip().lower() or "unknown"
    path = name or f"<block {number + 1}>"
    try:
        return Source(text, path, known)
    except SourceError:
        return text


def _file_name(text: str) -> str | None:
    """Return the name that a block's first line gives it, None where it is not a plain one."""
    found = _FILENAME.match(text)
    return found[1] if found and _SAFE_NAME.fullmatch(found[1]) else None


def _folder(path: Path, gate: Gate) -> Path:
    """Return the working folder, made if it is missing; never one that would hand receipts to a program."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        folder = path.resolve(strict=True)
        home = Path(gate.home).resolve()
    except OSError as error:
        raise InputError(f"work_dir {path} can't be used: {error.strerror or error}") from error
    if home.is_relative_to(folder):
        raise InputError(
            f"work_dir {path} holds the receipts in {home}, which a program could then read and replace",
            help="pass a work_dir of its own, or a home outside of it: Gate.load(..., home=...)",
        )
    return folder


def _result(exit_code: int, output: str, code_file: str | None = None) -> Any:
    from autogen.coding.base import CommandLineCodeResult

    return CommandLineCodeResult(exit_code=exit_code, output=replies.writable(output), code_file=code_file)
