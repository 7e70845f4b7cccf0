"""A call of a tool is one operation whose text is the call; what has no form in JSON is none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from execgate.errors import InputError
from execgate.model.operation import ToolCall
from execgate.model.source import Span
from execgate.model.tool import MAX_DEPTH, MAX_VALUES, tool_program


def nested(depth: int) -> dict[str, Any]:
    inner: Any = 1
    for _ in range(depth):
        inner = {"a": inner}
    return inner


def test_the_source_is_the_call_in_canonical_form() -> None:
    program = tool_program("pay", {"to": "a", "amount": 1.5, "list": (1, True, None)}, stage="propose")
    assert program.action == "tool_call"
    assert program.source.text == (
        '{"arguments":{"amount":1.5,"list":[1,true,null],"to":"a"},"stage":"propose","tool":"pay"}'
    )
    (call,) = program.operations
    assert (call.stage, call.tool, call.via) == ("propose", "pay", "pay")
    assert call.location == Span(1, 0, 1, len(program.source.text))
    assert call.to_json()["arguments"] == {"amount": 1.5, "list": [1, True, None], "to": "a"}


def test_the_order_of_arguments_changes_nothing() -> None:
    one, two = (
        tool_program("t", {"a": 1, "b": {"c": 2, "d": 3}}),
        tool_program("t", {"b": {"d": 3, "c": 2}, "a": 1}),
    )
    assert one == two
    assert one.source.digest != tool_program("t", {"a": 1, "b": {"c": 2, "d": 4}}).source.digest


class Hostile(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        raise ZeroDivisionError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


class Lying(dict[str, Any]):
    def items(self) -> Any:
        return {"a": "something else"}.items()


LOOP: dict[str, Any] = {}
LOOP["loop"] = LOOP
SHARED: Any = [0] * 100
for _ in range(5):
    SHARED = [SHARED] * 100


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"a": float("nan")}, "nan is no number of JSON"),
        ({"a": float("-inf")}, "-inf is no number of JSON"),
        ({"a": 10**6000}, "a number of more than 4,096 bits"),
        ({1: 2}, "a name has to be a text, got int"),
        ({"a": {None: 2}}, "a name has to be a text, got NoneType"),
        ({"1": 1, 1: 2}, "a name has to be a text, got int"),
        ({"a": b"x"}, "bytes has no form in JSON"),
        ({"a": {1}}, "set has no form in JSON"),
        ({"a": object()}, "object has no form in JSON"),
        (nested(MAX_DEPTH + 1), f"nested more than {MAX_DEPTH} deep"),
        (nested(5000), f"nested more than {MAX_DEPTH} deep"),
        (LOOP, f"nested more than {MAX_DEPTH} deep"),
        ({"a": SHARED}, f"more than {MAX_VALUES:,} values"),
        ({"a": "x" * 2_000_000}, "too large: 2,000,051 bytes, at most 1,048,576 are analysed"),
        (Hostile(), "a"),
    ],
)
def test_what_has_no_form_in_json_is_no_call(arguments, why) -> None:
    with pytest.raises(InputError, match="no call of a tool: ") as caught:
        tool_program("t", arguments)
    assert caught.value.message == f"no call of a tool: {why}"
    assert caught.value.help


@pytest.mark.parametrize("name", ["", "\ud800", None, 5])
def test_a_tool_has_a_name(name) -> None:
    with pytest.raises(InputError):
        tool_program(name, {})


def test_there_are_two_stages() -> None:
    with pytest.raises(InputError, match="propose, execute, got 'run'"):
        tool_program("t", {}, stage="run")


def test_what_is_just_small_enough_is_a_call() -> None:
    assert tool_program("t", nested(MAX_DEPTH)).operations
    assert tool_program("t", {"a": 2**4095, "b": "\ud800", "c": "\0"}).operations


def test_a_mapping_is_judged_by_what_it_holds() -> None:
    assert json.loads(tool_program("t", {"a": Lying(b=1)}).source.text)["arguments"] == {"a": {"b": 1}}


@pytest.mark.parametrize("text", ["x", "", "{", "[" * 100_000])
def test_arguments_that_can_not_be_read_are_shown_as_none(text) -> None:
    call = ToolCall(stage="execute", tool="t", via="t", location=Span(1, 0, 1, 1), arguments_json=text)
    assert call.to_json()["arguments"] is None
