"""A deadline for what is awaited, without a task of its own: as `asyncio.timeout` from Python 3.11 on."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Within:
    """A block that is given up after `seconds`, with asyncio.TimeoutError."""

    __slots__ = ("_fired", "_seconds", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._fired = False
        self._task: asyncio.Task[object] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> None:
        self._task = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._fire)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._fired:
            uncancel = getattr(self._task, "uncancel", None)  # it counts from Python 3.11 on
            if uncancel is not None:
                uncancel()
            if kind is asyncio.CancelledError:
                raise asyncio.TimeoutError from error

    def _fire(self) -> None:
        self._fired = True
        if self._task is not None:
            self._task.cancel()
