"""Two reply functions of ours, which go before AutoGen's own that runs code.

One notes the messages that code is about to be taken from.  The other, in async chats, has AutoGen's
synchronous function find the code, and then runs it in a thread, so that the event loop stays free.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from execgate.adapters.attribution import current
from execgate.adapters.framework import classic

_deferring: ContextVar[bool] = ContextVar("execgate_deferring", default=False)


class DeferredCallError(BaseException):
    """Carries a call out of AutoGen's synchronous function, to be made beside the event loop."""

    def __init__(self, execute: Callable[[Sequence[Any]], Any], blocks: Sequence[Any]) -> None:
        super().__init__()
        self.execute = execute
        self.blocks = blocks


def defer(execute: Callable[[Sequence[Any]], Any], blocks: Sequence[Any]) -> None:
    """Raise DeferredCallError where this call is to be made beside the event loop."""
    if _deferring.get():
        raise DeferredCallError(execute, blocks)


def prepare(agent: Any) -> None:
    """Give `agent` both functions, where it has AutoGen's and lacks them."""
    listed = _listed(agent)
    if observe in listed or _theirs() not in listed:
        return
    autogen = classic()
    place = listed.index(_theirs())
    trigger = [autogen.Agent, None]
    agent.register_reply(trigger, run_beside_the_loop, position=place, ignore_async_in_sync_chat=True)
    agent.register_reply(trigger, observe, position=place)


def observe(agent: Any, messages: Any = None, sender: Any = None, config: Any = None) -> tuple[bool, None]:  # noqa: ARG001 - AutoGen passes four
    """Note the messages as the agent's hooks left them."""
    frame = current()
    if frame is not None and frame.agent is agent:
        frame.scanned = messages
    return False, None


async def run_beside_the_loop(
    agent: Any,
    messages: Any = None,
    sender: Any = None,
    config: Any = None,  # noqa: ARG001 - AutoGen passes four
) -> tuple[bool, str | None]:
    """Reply as AutoGen's function does; not where that was excluded or replaced."""
    frame = current()
    if _theirs() not in _listed(agent) or (frame is not None and _theirs() in frame.exclude):
        return False, None
    try:
        with _deferred():
            final, reply = _theirs()(agent, messages=messages, sender=sender)
            return final, reply
    except DeferredCallError as caught:
        call = caught
    # The thread gets a copy of this task's context, so the code stays attributed to this reply.
    result = await asyncio.to_thread(call.execute, call.blocks)
    ended = "execution succeeded" if result.exit_code == 0 else "execution failed"
    return True, f"exitcode: {result.exit_code} ({ended})\nCode output: {result.output}"


@contextmanager
def _deferred() -> Iterator[None]:
    token = _deferring.set(True)
    try:
        yield
    finally:
        _deferring.reset(token)


def _theirs() -> Any:
    return classic().ConversableAgent._generate_code_execution_reply_using_executor  # noqa: SLF001 - it has no public name


def _listed(agent: Any) -> list[Any]:
    return [entry["reply_func"] for entry in getattr(agent, "_reply_func_list", ())]
