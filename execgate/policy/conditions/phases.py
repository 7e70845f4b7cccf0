"""The phases of a conversation: which there are, which leads to which, and in which money may move."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Names
from dataclasses import dataclass
from types import MappingProxyType

from execgate.model.verdict import Clause
from execgate.policy.language.syntax import Constraint, Scalar, Sequence
from execgate.policy.language.syntax import Phases as Tree
from execgate.policy.problems import Problems, clipped, did_you_mean, suggestion, visible

ALLOWED_PAYMENT_PHASE = "allowed_payment_phase"

USUAL = ("EXPLORE", "DECIDE", "COMMIT")
"""The phases of a policy that declares none."""

_MOST = 100
_EXAMPLE = "`EXPLORE: [COMMIT]`"


@dataclass(frozen=True, slots=True)
class Phases:
    """`phases { ... }`: the phases, each with those that it leads to."""

    transitions: Mapping[str, tuple[str, ...]]
    payment: tuple[str, Clause] | None = None
    """The only phase in which payments are made, and where the block says so; None where any will do."""
    clause: Clause | None = None
    """The place of the block; None where there is none, and the usual phases hold."""

    @property
    def allowed_payment_phase(self) -> str | None:
        """The only phase in which payments are made; None where any will do."""
        return self.payment[0] if self.payment is not None else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every phase."""
        return tuple(self.transitions)

    def may_move(self, old: str, new: str) -> bool:
        """Return whether a conversation may go from one phase to another; to stay is no move.

        What is no phase leads nowhere.
        """
        return new in self.transitions.get(old, ())

    @property
    def canonical(self) -> str:
        """The block in the one spelling that is hashed; empty where there is none."""
        if self.clause is None:
            return ""
        lines = [f"  {name}: [{', '.join(targets)}]" for name, targets in self.transitions.items()]
        if self.allowed_payment_phase is not None:
            lines.insert(0, f"  {ALLOWED_PAYMENT_PHASE}: {self.allowed_payment_phase}")
        return "\n".join(["phases {", *lines, "}", ""])


DEFAULT = Phases(MappingProxyType({"EXPLORE": ("DECIDE",), "DECIDE": ("COMMIT",), "COMMIT": ()}))
"""What holds without a block: the usual phases in their order, and no phase is asked for."""


def read(tree: Tree, problems: Problems) -> Phases:
    """Return the phases of a block; what is wrong with it goes to `problems`."""
    targets: dict[str, tuple[Scalar, ...]] = {}
    places: dict[str, Clause] = {}
    payment: Constraint | None = None
    for setting in tree.settings:
        if setting.override is not None or setting.reason is not None:
            problems.at(setting.clause, "phases are not inherited: they take no `override` and no reason")
        elif setting.name in places or (payment is not None and setting.name == payment.name):
            problems.at(setting.clause, f"`{clipped(setting.name)}` a second time", "join the two")
        elif setting.name == ALLOWED_PAYMENT_PHASE:
            payment = setting
        else:
            places[setting.name] = setting.clause
            targets[setting.name] = _targets(setting, problems)
    if not targets:
        problems.at(tree.clause, "phases without a phase", f"write each with those it leads to: {_EXAMPLE}")
        return Phases(MappingProxyType({}), clause=tree.clause)
    names = tuple(targets)
    if len(names) > _MOST:
        problems.at(tree.clause, f"at most {_MOST} phases are read, got {len(names):,}")
        return Phases(MappingProxyType({}), clause=tree.clause)
    _check_targets(targets, names, problems)
    _check_reached(targets, places, problems)
    allowed = _payment_phase(payment, names, problems) if payment is not None else None
    transitions = {name: tuple(sorted({item.text for item in targets[name]})) for name in sorted(targets)}
    return Phases(
        MappingProxyType(transitions),
        (allowed, payment.clause) if payment is not None and allowed is not None else None,
        tree.clause,
    )


def _targets(setting: Constraint, problems: Problems) -> tuple[Scalar, ...]:
    value = setting.value
    if not isinstance(value, Sequence):
        problems.at(
            value.clause,
            f"`{setting.name}` takes the list of the phases that it leads to",
            f"write `[{clipped(value.text)}]`" if value.kind == "NAME" else "as in `[COMMIT]`; `[]` for none",
        )
        return ()
    for item in value.items:
        if item.kind != "NAME":
            problems.at(item.clause, "a phase is a bare word", f"write `{clipped(item.text)}` without quotes")
    return tuple(item for item in value.items if item.kind == "NAME")


def _check_targets(
    targets: Mapping[str, tuple[Scalar, ...]], names: tuple[str, ...], problems: Problems
) -> None:
    for name, items in targets.items():
        for item in items:
            if item.text not in targets:
                problems.at(item.clause, f"unknown phase `{clipped(item.text)}`", known(item.text, names))
            elif item.text == name:
                problems.at(
                    item.clause, f"`{clipped(name)}` leads to itself", "to stay in a phase is no move"
                )


def _check_reached(
    targets: Mapping[str, tuple[Scalar, ...]], places: Mapping[str, Clause], problems: Problems
) -> None:
    """Note the phases that can't be come to: there has to be one that all others are reached from."""
    reached = {name: _reached(name, targets) for name in sorted(targets)}
    start = max(reached, key=lambda name: len(reached[name]))
    for name, clause in places.items():
        if name not in reached[start]:
            problems.at(
                clause,
                f"phase `{clipped(name)}` is never reached: no way leads there from `{clipped(start)}`",
                "name it among those that another leads to, or remove it",
            )


def _reached(first: str, targets: Mapping[str, tuple[Scalar, ...]]) -> set[str]:
    found = {first}
    todo = [first]
    while todo:
        following = {item.text for item in targets.get(todo.pop(), ())} - found
        found |= following
        todo += following
    return found


def _payment_phase(setting: Constraint, names: tuple[str, ...], problems: Problems) -> str | None:
    value = setting.value
    if not isinstance(value, Scalar) or value.kind != "NAME":
        text = value.text if isinstance(value, Scalar) else ""
        help_ = (
            f"write `{visible(text)}`" if text in names else f"as in `{ALLOWED_PAYMENT_PHASE}: {names[-1]}`"
        )
        problems.at(value.clause, f"`{ALLOWED_PAYMENT_PHASE}` takes one phase, a bare word", help_)
        return None
    if value.text not in names:
        problems.at(value.clause, f"unknown phase `{clipped(value.text)}`", known(value.text, names))
        return None
    return value.text


def known(word: str, names: Names[str]) -> str:
    """Return the help for what is no phase: the likely one, in whatever case it was written, else all."""
    folded = {name.lower(): name for name in names}
    close = did_you_mean(word, folded)
    return f"did you mean `{folded[close]}`?" if close else suggestion(word, names, what="there are")
