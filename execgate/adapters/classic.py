"""The code executor of classic AutoGen, with the gate in it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from weakref import WeakSet

from execgate.adapters import blocks, replies
from execgate.adapters.attribution import Attribution, attribute, current, reply_wrapper
from execgate.adapters.framework import classic
from execgate.adapters.legacy import legacy_wrappers
from execgate.adapters.reply_functions import defer, prepare
from execgate.adapters.workfolder import WorkFolder
from execgate.adapters.wrapping import wrap_family
from execgate.calls import DENIED_EXIT_CODE, BlocksExecution
from execgate.errors import ContextError, InputError
from execgate.gate import Gate
from execgate.model.confines import Session
from execgate.model.context import Context
from execgate.model.conversation import Conversation
from execgate.model.execution import Stop
from execgate.model.source import Source

NO_AGENT = "(no agent)"
"""The executor in the receipt of a call that was made outside of every agent."""

_SESSIONS = 256
"""How many sessions are remembered: many more than a sandbox keeps at once."""

State = Callable[[str, Conversation], "Context | None"]
"""Gives what is known around a call of the agent of this name, in this conversation."""

_log = logging.getLogger("execgate.autogen")


class GatedExecutor:
    """Runs an agent's code blocks through `gate`: judged by the agent's policy, confined, receipted.

    For `code_execution_config={"executor": GatedExecutor(gate)}`; one may serve any number of agents.

    The files of `work_dir` (made if missing) are copied into each run, and what a run leaves is copied back;
    without it nothing goes in and nothing is kept.  `agent` names whose policy applies where no agent is
    replying, for direct use; without it such a call is denied.  `save_code` keeps blocks that start with
    `# filename: NAME` in `work_dir` once they are allowed; that is a write which no policy judges.

    `context` is asked before each call for the state that the policy's rules, phases and limits on spending
    read, with the executing agent's name and the conversation; suggester, group, turn and time are known
    without it.  Where it fails the call is denied.
    """

    # AutoGen's runtime log writes an executor's `__dict__` down as JSON, and none of this should be in there.
    __slots__ = (
        "__dict__",
        "__weakref__",
        "_extractor",
        "_folder",
        "_known_ungated",
        "_noting",
        "_sessions",
        "_turn",
        "agent",
        "context",
        "gate",
        "save_code",
    )

    def __init__(
        self,
        gate: Gate,
        *,
        work_dir: str | Path | None = None,
        agent: str | None = None,
        save_code: bool = False,
        context: State | None = None,
    ) -> None:
        if not callable(getattr(gate, "execute_blocks", None)):
            raise InputError(
                f"expected a Gate, got {type(gate).__name__}", help='pass Gate.load("policies/") or a Gate'
            )
        if save_code and work_dir is None:
            raise InputError("save_code without a work_dir has nowhere to save to", help="pass work_dir=...")
        if context is not None and not callable(context):
            raise InputError(
                f"expected a function for the context, got {type(context).__name__}",
                help="pass one that takes the agent's name and the conversation, and returns a Context",
            )
        self.gate = gate
        self.context = context
        self.agent = agent
        self.save_code = save_code
        self._folder = None if work_dir is None else WorkFolder(Path(work_dir), gate.home, gate.reserved)
        self._extractor = blocks.BlockExtractor()
        # One call at a time: the next one's inputs are the files that this one leaves.
        self._turn = threading.Lock()
        self._noting = threading.Lock()
        # The most recently used last.
        self._sessions: dict[tuple[str, str], None] = {}
        self._known_ungated: WeakSet[Any] = WeakSet()
        install()

    @property
    def work_dir(self) -> Path | None:
        """The folder that runs get their files from, None where they get none."""
        return None if self._folder is None else self._folder.path

    @property
    def code_extractor(self) -> blocks.BlockExtractor:
        """What finds the code blocks of a message: fenced in Markdown, as AutoGen has it."""
        return self._extractor

    def execute_code_blocks(self, code_blocks: Sequence[Any]) -> Any:
        """Judge all blocks, then run them if every one is allowed; returns AutoGen's CodeResult.

        Exit code 126 and a text that says why for a call that is denied or that fails in the gate; nothing is
        raised, for that would end the chat.
        """
        defer(self.execute_code_blocks, code_blocks)
        try:
            with self._turn if self._folder is not None else nullcontext():
                return self._execute(code_blocks)
        except Exception as error:  # noqa: BLE001 - whatever fails here denies
            _log.warning("the gate failed, so the call counts as denied: %s", type(error).__name__)
            _log.debug("where it failed", exc_info=True)
            count = len(code_blocks) if isinstance(code_blocks, (list, tuple)) else 0
            return _result(DENIED_EXIT_CODE, replies.failed(error, count))

    def restart(self) -> None:
        """Begin anew: end every session that a call of this executor used, whoever's and in whatever chat.

        The files of `work_dir` stay, and so do the sessions of other executors of the same gate.
        """
        with self._noting:
            used, self._sessions = self._sessions, {}
        for agent, conversation in used:
            self.gate.end_sessions(agent, conversation)

    def _execute(self, code_blocks: Sequence[Any]) -> Any:
        found_blocks = blocks.pairs(code_blocks)
        sources = [blocks.source(*pair, number) for number, pair in enumerate(found_blocks)]
        found = attribute(found_blocks, self._blocks_of)
        if found is None:
            if self.agent is None:
                # Anything but a source is nothing that a receipt could hold.
                kept = [source for source in sources if isinstance(source, Source)]
                self.gate.refuse(kept, agent=NO_AGENT, why="no agent is making a reply, so no policy applies")
                return _result(DENIED_EXIT_CODE, replies.unattributed())
            found = Attribution(self.agent, Conversation())
        self._warn_of_ungated()
        inputs, notes = self._folder.inputs() if self._folder is not None else ((), [])
        try:
            call = self.gate.execute_blocks(
                sources,
                agent=found.agent,
                conversation=found.conversation,
                context=self._state(found),
                inputs=inputs,
            )
        except ContextError as error:
            kept = [source for source in sources if isinstance(source, Source)]
            call = self.gate.refuse(
                kept,
                agent=found.agent,
                why=error.message,
                constraint="context",
                conversation=found.conversation,
            )
        if not call.allowed:
            return _result(DENIED_EXIT_CODE, replies.denied(call, found.agent))
        self._note_session(call, found)
        texts = [text for _, text in found_blocks]
        code_file, more = self._keep(call, texts, found.conversation.conversation_id)
        return _result(call.exit_code, replies.ran(call, [*notes, *more]), code_file)

    def _note_session(self, call: BlocksExecution, found: Attribution) -> None:
        """Remember whose session a call used, for `restart`."""
        conversation = found.conversation.conversation_id
        if conversation is None or not any(
            block.verdict.confines.session is not Session.NONE for block in call.blocks
        ):
            return
        key = found.agent, conversation
        with self._noting:
            self._sessions.pop(key, None)
            self._sessions[key] = None
            if len(self._sessions) > _SESSIONS:
                del self._sessions[next(iter(self._sessions))]

    def _state(self, found: Attribution) -> Context | None:
        """Return what the application says of the state; raises ContextError for whatever fails in it."""
        if self.context is None:
            return None
        try:
            known = self.context(found.agent, found.conversation)
        except Exception as error:
            _log.exception("the function that gives the context failed, so the call is denied")
            raise ContextError(
                f"the state of the application could not be told: {type(error).__name__}"
            ) from error
        if known is not None and not isinstance(known, Context):
            raise ContextError(
                f"the state of the application is no Context, but of type {type(known).__name__}"
            )
        return known

    def _keep(
        self, call: BlocksExecution, texts: Sequence[str], conversation: str | None
    ) -> tuple[str | None, list[str]]:
        """Keep what a run left, and its code where wanted; returns that file, and what is to be said."""
        if self._folder is None:
            names = [artifact.name for artifact in call.artifacts]
            lost = "files that were left and not kept, for want of a work_dir"
            if conversation is not None and _keeps_files(call):
                lost = "files that the session keeps, and nothing outside of it for want of a work_dir"
            return None, [replies.files_note(lost, names)] if names else []
        notes = self._folder.keep(call.artifacts)
        code_file, more = self._folder.save(texts) if self.save_code else (None, [])
        return code_file, notes + more

    def _blocks_of(self, content: Any) -> list[tuple[str, str]]:
        return blocks.pairs(self._extractor.extract_code_blocks(content))

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


def _keeps_files(call: BlocksExecution) -> bool:
    """Return whether the next call of the same conversation finds the files of this one."""
    ran = [block for block in call.blocks if block.result is not None][-1:]
    return any(
        block.verdict.confines.session in {Session.FILES, Session.INTERPRETER}
        and block.result is not None
        and block.result.stopped_by is Stop.EXIT
        for block in ran
    )


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


def _prepare(agent: Any) -> None:
    if gated(agent) is not None:
        prepare(agent)


def _result(exit_code: int, output: str, code_file: str | None = None) -> Any:
    from autogen.coding.base import CommandLineCodeResult

    return CommandLineCodeResult(exit_code=exit_code, output=replies.writable(output), code_file=code_file)
