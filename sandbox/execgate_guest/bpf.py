"""System calls by number, and what the kernel is to do with each, as a BPF program.  Pure.

Standard library only, Python 3.9 and later: the guest makes its own filter with it, and the host the one of a
backend that takes a program instead of a profile.  See seccomp(2) and, in the kernel's documentation,
`userspace-api/seccomp_filter`.
"""

from __future__ import annotations

import errno
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    # Which argument, what of it counts, and which values match.
    Condition = tuple[int, int, tuple[int, ...]]
    # What to do where all conditions hold.
    Rule = tuple[int, tuple[Condition, ...]]
    # By number; the first rule that holds decides, and where none does, the call is refused.
    Table = Mapping[int, tuple[Rule, ...]]
    Decision = int | tuple[Rule, ...]
    Instruction = tuple[int, int, int, int]

KILL_PROCESS = 0x8000_0000
ERRNO = 0x0005_0000
USER_NOTIF = 0x7FC0_0000
ALLOW = 0x7FFF_0000

REFUSED = ERRNO | errno.EPERM
UNKNOWN = ERRNO | errno.ENOSYS
"""The answer to a call that is newer than the table: C libraries try an older one then."""

MACHINES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
"""What `seccomp_data.arch` says on the machines that are known, by their names in uname(2)."""

WORD = 0xFFFF_FFFF
"""What counts of an argument that the kernel takes as an int."""
WHOLE = 0xFFFF_FFFF_FFFF_FFFF

MOST_INSTRUCTIONS = 4096
_X32 = 0x4000_0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
# BPF_LD | BPF_W | BPF_ABS and its like, linux/bpf_common.h.
_LOAD, _AND, _JUMP, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06


def profile_rules(profile: dict[str, Any], numbers: Mapping[str, int]) -> dict[str, tuple[Rule, ...]]:
    """Return what a profile as engines take it says, by name, of the calls that have a number."""
    found: dict[str, tuple[Rule, ...]] = {}
    for entry in profile["syscalls"]:
        conditions = tuple(_condition(argument) for argument in entry.get("args", ()))
        rule = (_action(entry["action"], entry.get("errnoRet", errno.EPERM)), conditions)
        for name in entry["names"]:
            if name in numbers:
                found[name] = (*found.get(name, ()), rule)
    return found


def _action(name: str, number: int) -> int:
    return {"SCMP_ACT_ALLOW": ALLOW, "SCMP_ACT_ERRNO": ERRNO | number}[name]


def _condition(argument: Mapping[str, Any]) -> Condition:
    index, value = argument["index"], argument["value"]
    if argument["op"] == "SCMP_CMP_EQ":
        return index, WHOLE, (value,)
    if argument["op"] == "SCMP_CMP_MASKED_EQ":
        return index, value, (argument["valueTwo"],)
    raise ValueError(f"no such comparison here: {argument['op']}")


def by_number(rules: Mapping[str, tuple[Rule, ...]], numbers: Mapping[str, int]) -> Table:
    """Return the rules of the calls that this machine has."""
    return {numbers[name]: rule for name, rule in rules.items() if name in numbers}


def program(machine: str, table: Table, known: Iterable[int]) -> bytes:
    """Return the filter as `struct sock_filter`s in this machine's byte order.

    `known` are the numbers that have a name: of these, what is not in `table` is refused (EPERM).  A number
    beyond them is unknown (ENOSYS), the calls of x32 among them; a call in the manner of another machine,
    such as a 32-bit one, ends the process.
    """
    instructions = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, MACHINES[machine]),
        (_RETURN, 0, 0, KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
        *_choice(_intervals(table, max(known))),
    ]
    if len(instructions) > MOST_INSTRUCTIONS:
        raise ValueError(f"a filter of {len(instructions)} instructions, at most {MOST_INSTRUCTIONS}")
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def _intervals(table: Table, highest: int) -> list[tuple[int, Decision]]:
    """Return where in the numbers an answer begins that differs from the one before."""
    found: list[tuple[int, Decision]] = [(0, REFUSED)]

    def begin(number: int, decision: Decision) -> None:
        if found[-1][0] == number:
            found.pop()
        if not found or found[-1][1] != decision:
            found.append((number, decision))

    for number, rules in sorted(table.items()):
        begin(number, rules[0][0] if not rules[0][1] else rules)
        begin(number + 1, REFUSED)
    begin(max(highest, *table) + 1, UNKNOWN)
    return found


def _choice(intervals: list[tuple[int, Decision]]) -> list[Instruction]:
    """Return a search by halves for the interval that the number lies in."""
    if len(intervals) == 1:
        decision = intervals[0][1]
        return [(_RETURN, 0, 0, decision)] if isinstance(decision, int) else _rules(decision)
    middle = len(intervals) // 2
    lower, upper = _choice(intervals[:middle]), _choice(intervals[middle:])
    pivot = intervals[middle][0]
    if len(lower) <= 255:  # the length of a conditional jump is one byte
        return [(_IF_AT_LEAST, len(lower), 0, pivot), *lower, *upper]
    return [(_IF_AT_LEAST, 0, 1, pivot), (_JUMP, 0, 0, len(lower)), *lower, *upper]


def _rules(rules: tuple[Rule, ...]) -> list[Instruction]:
    """Return the rules one after the other; what none of them decides is refused."""
    return [instruction for rule in rules for instruction in _rule(*rule)] + [(_RETURN, 0, 0, REFUSED)]


def _rule(action: int, conditions: tuple[Condition, ...]) -> list[Instruction]:
    """Return the tests and the answer; where one test fails, what follows of the rule is passed over."""
    code = [(_RETURN, 0, 0, action)]
    for condition in reversed(conditions):
        for place, mask, values in reversed(_words(condition)):
            load = [(_LOAD, 0, 0, place)] if mask == WORD else [(_LOAD, 0, 0, place), (_AND, 0, 0, mask)]
            others = [(_IF_EQUAL, len(values) - 1 - i, 0, value) for i, value in enumerate(values[:-1])]
            code = [*load, *others, (_IF_EQUAL, 0, len(code), values[-1]), *code]
    return code


def _words(condition: Condition) -> list[tuple[int, int, tuple[int, ...]]]:
    """Return where in the data each half of an argument lies, its mask, and the values that match."""
    index, mask, values = condition
    place = _ARGUMENTS + 8 * index
    low, high = (place, place + 4) if sys.byteorder == "little" else (place + 4, place)
    words = [(low, mask & WORD, tuple(value & WORD for value in values))]
    if mask >> 32:
        upper = {value >> 32 for value in values}
        if len(upper) > 1:
            raise ValueError("values that differ in their upper halves are rules of their own")
        words.append((high, mask >> 32, (upper.pop(),)))
    return words
