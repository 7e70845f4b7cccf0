"""The older ways in which an agent runs code, led through its executor where that is a gated one.

`run_code` and `execute_code_blocks` of ConversableAgent run code on this machine or in a container of
AutoGen's own, whatever executor the agent was given.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from execgate.adapters.attribution import Frame, current, replying
from execgate.adapters.blocks import guessed
from execgate.adapters.wrapping import Wrapper


def legacy_wrappers(gated: Callable[[Any], Any]) -> dict[str, Wrapper]:
    """Return the wrappers by method name; `gated` gives an agent's gated executor, None where it has none."""

    def wrap_run_code(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def run_code(self: Any, code: str, **kwargs: Any) -> Any:
            executor = gated(self)
            if executor is None:
                return function(self, code, **kwargs)
            exit_code, output = _execute(self, executor, [(kwargs.get("lang") or "python", code)])
            return exit_code, output, None

        return run_code

    def wrap_blocks(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def execute_code_blocks(self: Any, code_blocks: Any) -> Any:
            executor = gated(self)
            if executor is None:
                return function(self, code_blocks)
            return _execute(self, executor, [tuple(block) for block in code_blocks])

        return execute_code_blocks

    return {"run_code": wrap_run_code, "execute_code_blocks": wrap_blocks}


def _execute(agent: Any, executor: Any, blocks: list[Any]) -> tuple[int, str]:
    from autogen.coding import CodeBlock

    with _as(agent):
        result = executor.execute_code_blocks(
            [CodeBlock(language=language or guessed(code), code=code) for language, code in blocks]
        )
    return result.exit_code, result.output


def _as(agent: Any) -> AbstractContextManager[None]:
    """Whoever's method this is executes; its reply is kept where it is making one."""
    frame = current()
    return (
        nullcontext() if frame is not None and frame.agent is agent else replying(Frame(agent, messages=()))
    )
