"""The gate put into agents that exist already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from execgate.adapters.classic import GatedExecutor, State
from execgate.adapters.framework import classic
from execgate.errors import InputError
from execgate.gate import Gate


def guard(
    gate: Gate, *agents: Any, work_dir: str | Path | None = None, context: State | None = None
) -> GatedExecutor:
    """Make every one of `agents` that can run code run it through `gate`; returns the executor they share.

    A GroupChat or its manager stands for all of its members.  It does not matter how an agent ran code
    before: by another executor, or by the older path that `UserProxyAgent("x")` has by default.  An agent
    that runs no code stays one.  `context` is as for GatedExecutor.  Raises InputError for what is no agent,
    before any agent is changed.
    """
    members = list(dict.fromkeys(member for agent in agents for member in _members(agent)))
    executor = GatedExecutor(gate, work_dir=work_dir, context=context)
    for member in members:
        if isinstance(member._code_execution_config, dict):  # noqa: SLF001 - there is no public way to swap it
            _swap(member, executor)
    return executor


def _members(agent: Any) -> Iterator[Any]:
    autogen = classic()
    if isinstance(agent, autogen.GroupChat):
        for member in agent.agents:
            yield from _members(member)
    elif isinstance(agent, autogen.ConversableAgent):
        yield agent
        if isinstance(agent, autogen.GroupChatManager):
            yield from _members(agent.groupchat)
    else:
        raise InputError(
            f"expected an agent or a group chat, got {type(agent).__name__}",
            help="pass ConversableAgents, a GroupChat or its manager",
        )


def _swap(agent: Any, executor: GatedExecutor) -> None:
    kept = {key: value for key, value in agent._code_execution_config.items() if key == "last_n_messages"}  # noqa: SLF001 - no public way
    agent._code_execution_config = {**kept, "executor": executor}  # noqa: SLF001 - no public way
    agent._code_executor = executor  # noqa: SLF001 - no public way
    conversable = classic().ConversableAgent
    for entry in agent._reply_func_list:  # noqa: SLF001 - `replace_reply_func` is not in the oldest served
        if entry["reply_func"] is conversable.generate_code_execution_reply:
            entry["reply_func"] = conversable._generate_code_execution_reply_using_executor  # noqa: SLF001 - no public way
