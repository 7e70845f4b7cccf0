"""Who executes, who suggested, in which chat and turn: read off the conversation that is going on.

AutoGen hands an executor nothing but code.  Every reply of a ConversableAgent, however, is made inside
`generate_reply` or `a_generate_reply`; both are wrapped once, on the class, so that the replies under way
form a stack, kept per thread and per task by a ContextVar.  The top of it is the agent that executes.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from execgate.adapters.history import Histories, Message, find, position, text_of
from execgate.adapters.wrapping import Wrapper
from execgate.model.conversation import Conversation

Blocks = list[tuple[str, str]]
"""Language and text of each block."""


@dataclass(slots=True, eq=False)
class Frame:
    """One reply that is being made.

    `messages` are those that AutoGen passed, None where it means the history with `sender`; `scanned` are the
    same as the agent's hooks left them, which is what code is taken from.
    """

    agent: Any
    sender: Any = None
    messages: Sequence[Message] | None = None
    exclude: Container[Any] = ()
    scanned: Sequence[Message] | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """The executing agent's name, and the conversation as receipts record it."""

    agent: str
    conversation: Conversation


_frames: ContextVar[tuple[Frame, ...]] = ContextVar("execgate_frames", default=())
_histories = Histories()


def current() -> Frame | None:
    """Return the reply that is being made here, None outside of every agent."""
    frames = _frames.get()
    return frames[-1] if frames else None


@contextmanager
def replying(frame: Frame) -> Iterator[None]:
    """Put `frame` on top of the stack of this thread or task."""
    token = _frames.set((*_frames.get(), frame))
    try:
        yield
    finally:
        _frames.reset(token)


def attribute(blocks: Blocks, extract: Callable[[Any], Blocks]) -> Attribution | None:
    """Return who is about to execute `blocks` and where they come from; None outside of every agent.

    `extract` gives the blocks of a message's content, as the executor's extractor does.
    """
    frame = current()
    if frame is None:
        return None
    agent, sender = frame.agent, frame.sender
    history = _history(frame)
    seen = frame.scanned if frame.scanned is not None else history
    group = getattr(sender, "groupchat", None)
    record: Sequence[Message] = history if group is None else list(group.messages)

    index = _suggestion(seen, blocks, extract)
    suggester = text = turn = None
    if index is not None:
        suggester = _author(frame, seen, index)
        text = text_of(seen[index].get("content")) or None
        turn = position(record, seen, index, history)
    own = find(history, lambda message: _is_own(frame, message))
    return Attribution(
        agent=str(agent.name),
        conversation=Conversation(
            suggester=suggester,
            group_chat=None if group is None else str(sender.name),
            message_from_suggester=text,
            message_from_executor=None if own is None else text_of(history[own].get("content")) or None,
            turn_number=turn,
            conversation_id=_histories.identify(agent, sender, history, record),
        ),
    )


def reply_wrapper(prepare: Callable[[Any], None]) -> Wrapper:
    """Return a wrapper for `generate_reply` and `a_generate_reply` that keeps the stack.

    `prepare` is called with the agent before each of its replies.
    """

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def a_reply(self: Any, *args: Any, **kwargs: Any) -> Any:
                prepare(self)
                with replying(_frame(self, args, kwargs)):
                    return await function(self, *args, **kwargs)

            return a_reply

        @functools.wraps(function)
        def reply(self: Any, *args: Any, **kwargs: Any) -> Any:
            prepare(self)
            with replying(_frame(self, args, kwargs)):
                return function(self, *args, **kwargs)

        return reply

    return wrap


def _frame(agent: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Frame:
    messages = args[0] if args else kwargs.get("messages")
    sender = args[1] if len(args) > 1 else kwargs.get("sender")
    exclude = args[2] if len(args) > 2 else kwargs.get("exclude")
    return Frame(agent, sender, messages, exclude or ())


def _history(frame: Frame) -> Sequence[Message]:
    if frame.messages is not None:
        return list(frame.messages)
    return list(getattr(frame.agent, "chat_messages", {}).get(frame.sender, ()))


def _suggestion(messages: Sequence[Message], blocks: Blocks, extract: Callable[[Any], Blocks]) -> int | None:
    """Return the index of the newest message that holds exactly these blocks, be it as code or for a tool."""
    if not blocks:
        return None

    def holds(message: Message) -> bool:
        content = message.get("content")
        if blocks[0][1] in text_of(content) and extract(content) == blocks:
            return True
        arguments = set(_tool_arguments(message))
        return bool(arguments) and all(code in arguments for _, code in blocks)

    return find(messages, holds)


def _tool_arguments(message: Message) -> Iterator[str]:
    calls = [call.get("function") for call in message.get("tool_calls") or () if isinstance(call, dict)]
    for call in [*calls, message.get("function_call")]:
        if not isinstance(call, dict):
            continue
        try:
            arguments = json.loads(call.get("arguments") or "{}")
        except (TypeError, ValueError):
            continue
        if isinstance(arguments, dict):
            yield from (value for value in arguments.values() if isinstance(value, str))


def _author(frame: Frame, messages: Sequence[Message], index: int) -> str | None:
    """Return who wrote a message, None where nothing in the conversation proves it.

    In a group the framework writes the author's name into the message; between two agents a name is whatever
    the sender put there, so the direction of the message decides.
    """
    message = messages[index]
    role = message.get("role")
    if role == "function":  # Its name is that of the function.
        return None
    if frame.sender is None or getattr(frame.sender, "groupchat", None) is not None:
        if message.get("name"):
            return str(message["name"])
        return str(frame.agent.name) if role == "assistant" else None
    if _is_call(message) or role == "tool":
        # These have one role in both directions; only the message being answered is surely the sender's.
        return str(frame.sender.name) if index == len(messages) - 1 else None
    return str(frame.agent.name if role == "assistant" else frame.sender.name)


def _is_own(frame: Frame, message: Message) -> bool:
    if message.get("role") != "assistant":
        return False
    if _is_call(message) or "name" in message:
        return bool(message.get("name") == frame.agent.name)
    return True


def _is_call(message: Message) -> bool:
    return bool(message.get("tool_calls") or message.get("function_call"))
