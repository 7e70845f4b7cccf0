"""Real AutoGen agents that say what they are told to, and a gate that can be looked into."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Of AutoGen's own imports.
    import autogen

from execgate.calls import BlocksExecution, Execution
from execgate.model.context import Context
from execgate.model.conversation import Conversation
from execgate.model.execution import ExecutionResult, InputFile, Stop, Usage
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Reason, Verdict, Violation
from execgate.sandbox import Reserved


class RecordingGate:
    """Allows all Python that does not say `denied`, runs nothing, and remembers who asked for what."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.reserved = Reserved((home,))
        self.calls: list[tuple[str, Conversation, list[str]]] = []
        self.contexts: list[Context | None] = []
        self.on_run: Callable[[str], None] = lambda _text: None
        self.refused: list[str] = []
        self.inputs: tuple[InputFile, ...] = ()
        self.result: ExecutionResult | None = None

    def execute_blocks(self, blocks, *, agent, conversation=None, context=None, inputs=(), on_output=None):
        sources = [block if isinstance(block, Source) else Source(block) for block in blocks]
        self.contexts.append(context)
        self.calls.append((agent, conversation, [source.text for source in sources]))
        self.inputs = tuple(inputs)
        verdicts = [self._verdict(source, agent) for source in sources]
        if not all(verdict.allowed for verdict in verdicts):
            return BlocksExecution(tuple(Execution(verdict, None) for verdict in verdicts))
        executions = [Execution(verdict, None) for verdict in verdicts]
        for index, verdict in enumerate(verdicts):
            self.on_run(verdict.source.text)
            result = self.result or ExecutionResult(
                Stop.EXIT, 0, f"ran: {verdict.source.text}\n", "", Usage(wall_s=0.1)
            )
            executions[index] = Execution(verdict, None, result)
            if not result.succeeded:
                break
        return BlocksExecution(tuple(executions), self.result.artifacts if self.result else ())

    def refuse(self, blocks, *, agent, why, constraint="agent", conversation=None):
        self.refused += [block.text for block in blocks]
        violation = Violation(constraint, why, Reason.SYSTEM)
        verdicts = [Verdict(block, agent, violations=(violation,), error=why) for block in blocks]
        return BlocksExecution(tuple(Execution(verdict, None) for verdict in verdicts))

    def _verdict(self, source: Source, agent: str) -> Verdict:
        violations = ()
        if "denied" in source.text or source.language != "python":
            violations = (Violation("test", f"`{source.text}` is denied", Reason.POLICY),)
        return Verdict(
            source,
            agent,
            Program(source),
            violations=violations,
            limits=Limits(cpu_s=2.0, files=7, file_bytes=3000),
            policy_digest="sha256:" + "0" * 64,
        )


@pytest.fixture
def recorder(tmp_path) -> RecordingGate:
    return RecordingGate(tmp_path / "home")


def scripted(name: str, *replies: Any, **kwargs: Any) -> autogen.ConversableAgent:
    """Return an agent that says `replies`, one each time it is asked, and then nothing."""
    agent = autogen.ConversableAgent(name, human_input_mode="NEVER", llm_config=False, **kwargs)
    left = list(replies)

    def reply(recipient, messages=None, sender=None, config=None):
        return True, left.pop(0) if left else None

    agent.register_reply([autogen.Agent, None], reply)
    return agent


def executing(name: str, executor: Any, **kwargs: Any) -> autogen.UserProxyAgent:
    """Return an agent that does nothing but run the code it is handed."""
    return autogen.UserProxyAgent(
        name,
        human_input_mode="NEVER",
        code_execution_config={"executor": executor, **kwargs.pop("config", {})},
        **kwargs,
    )


def code(text: str, language: str = "python") -> str:
    """Return a message with `text` in a fence."""
    return f"Run this:\n```{language}\n{text}\n```"


def group(name: str, *agents: Any, rounds: int) -> autogen.GroupChatManager:
    """Return the manager of a group whose members speak in turn."""
    chat = autogen.GroupChat(
        agents=list(agents), messages=[], max_round=rounds, speaker_selection_method="round_robin"
    )
    return autogen.GroupChatManager(chat, name=name, llm_config=False)


class Cast:
    """What the tests make agents with."""

    scripted = staticmethod(scripted)
    executing = staticmethod(executing)
    code = staticmethod(code)
    group = staticmethod(group)


@pytest.fixture
def cast() -> type[Cast]:
    return Cast
