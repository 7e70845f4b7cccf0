"""Who executes, who suggested, where in which conversation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conversation:
    """The context of one execution, as far as it is known; None where it is not.

    `turn_number` is the index of the suggesting message in the conversation, from 0.
    """

    suggester: str | None = None
    group_chat: str | None = None
    message_from_suggester: str | None = None
    message_from_executor: str | None = None
    turn_number: int | None = None
    conversation_id: str | None = None
