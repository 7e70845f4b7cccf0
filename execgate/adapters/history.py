"""The messages of a chat: their text, their place, and which chat they are."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

Message = dict[str, Any]


def text_of(content: Any) -> str:
    """Return the text of a message's content, which is a string, a list of parts, or None."""
    if isinstance(content, str):
        return content
    if isinstance(content, (list, tuple)):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def find(messages: Sequence[Message], wanted: Callable[[Message], bool]) -> int | None:
    """Return the index of the newest message that is `wanted`."""
    for index in range(len(messages) - 1, -1, -1):
        if wanted(messages[index]):
            return index
    return None


def position(
    record: Sequence[Message], seen: Sequence[Message], index: int, history: Sequence[Message]
) -> int | None:
    """Return where in `record` the message `seen[index]` stands, None where it can't be told.

    `seen` may be what hooks made of `history`, and `record` may hold copies of it, so the message itself is
    looked for first, then its text.
    """
    candidates = [seen[index]]
    if len(seen) == len(history):
        candidates.append(history[index])
    for message in candidates:
        same = find(record, _identical(message))
        if same is not None:
            return same
    for message in candidates:
        same = find(record, _alike(message))
        if same is not None:
            return same
    # A hook may have changed the text in place; each agent of a group holds every message of it, in order.
    return index if len(seen) == len(record) else None


def _identical(message: Message) -> Callable[[Message], bool]:
    return lambda other: other is message


def _alike(message: Message) -> Callable[[Message], bool]:
    text, name = text_of(message.get("content")), message.get("name")
    names = {None, name}

    def alike(other: Message) -> bool:
        return text_of(other.get("content")) == text and (name is None or other.get("name") in names)

    return alike


class _Chat:
    """One chat: its name, and messages by which it is known again."""

    __slots__ = ("anchors", "id")

    def __init__(self) -> None:
        self.id = ""
        self.anchors: tuple[Message, ...] = ()


class Histories:
    """Tells chats apart: an identifier stays while the messages go on, and changes when they start anew."""

    def __init__(self) -> None:
        self._chats: WeakKeyDictionary[Any, WeakKeyDictionary[Any, _Chat]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def identify(
        self, agent: Any, sender: Any, history: Sequence[Message], record: Sequence[Message]
    ) -> str | None:
        """Return the identifier of the chat between `agent` and `sender`, a group's where `sender` leads one.

        `history` is the agent's side of it, `record` the group's messages.  None where there is no message.
        """
        if getattr(sender, "groupchat", None) is not None:
            first = second = sender
            messages = record
        elif sender is None:
            first = second = agent
            messages = history
        else:
            # Both sides must find the same chat, so it is always known by the same side's messages.
            first, second = sorted((agent, sender), key=id)
            messages = list(getattr(first, "chat_messages", {}).get(second, ())) or history
        if not messages:
            return None
        with self._lock:
            chat = self._chats.setdefault(first, WeakKeyDictionary()).setdefault(second, _Chat())
            if not any(message is anchor for message in messages for anchor in chat.anchors):
                chat.id = uuid.uuid4().hex
            chat.anchors = (messages[0], messages[-1])
            return chat.id
