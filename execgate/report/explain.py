"""What each clause said of each operation, and what would turn a verdict round: as text and as document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from execgate.model.explanation import Change, Edit, Fault
from execgate.model.operation import Operation
from execgate.model.source import Span
from execgate.model.verdict import Decision, Opinion, Override, Ruling, Says, Verdict
from execgate.report.escape import PLAIN, Style, visible
from execgate.report.json import file_document
from execgate.report.opinions import opinion_lines, place
from execgate.report.snippet import Extract, frame, gutter_of, split_lines
from execgate.report.text import MAX_MESSAGE, ROLES, finding, plural
from execgate.report.values import FileReport
from execgate.report.wording import describe

MAX_BLOCKS = 12
"""How many different operations are shown whole; more than these have a line each."""

MAX_PLACES = 4

_DECIDING = {Says.PERMITS, Says.WARNS}


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that do the same, and of which every clause said the same."""

    operation: Operation
    ruling: Ruling
    places: tuple[Span, ...]

    @property
    def decision(self) -> Decision:
        """What is decided of them, taken by themselves."""
        return self.ruling.decision


def explanation_text(
    report: FileReport, change: Change | None, *, all_: bool = False, style: Style = PLAIN
) -> str:
    """Return what every clause said of every operation, the verdict, and what would turn it round.

    Operations that were permitted have a line each, unless `all_` are to be shown whole.
    """
    verdict = report.verdict
    code = Extract(report.path, split_lines(report.source.text) if report.source is not None else [])
    if verdict is None:
        return ""
    general = [violation for violation in report.violations if violation.operation is None]
    blocks = [finding(violation, code, (), style) for violation in general]
    blocks += _blocks(groups(verdict), code, all_=all_, style=style)
    blocks.append("\n".join([_verdict_line(report, verdict, style), *_policy_lines(verdict, style)]))
    if change is not None:
        blocks.append("\n".join(_change_lines(change, verdict, style)))
    return "\n\n".join(blocks) + "\n"


def explanation_document(report: FileReport, change: Change | None) -> dict[str, Any]:
    """Return one entry of `results`: that of `analyze`, with the opinions and the change."""
    document = file_document(report)
    verdict = report.verdict
    operations: list[dict[str, Any]] = []
    if verdict is not None and verdict.program is not None:
        operations = [
            {
                "index": ruling.operation,
                "operation": verdict.program.operations[ruling.operation].to_json(),
                "verdict": ruling.decision.value,
                "opinions": [opinion.to_json() for opinion in dict.fromkeys(ruling.opinions)],
                "violations": [violation.to_json() for violation in ruling.violations],
                "warnings": [warning.to_json() for warning in ruling.warnings],
            }
            for ruling in verdict.rulings
        ]
    context = None if verdict is None or verdict.context is None else verdict.context.to_json()
    document["policy_block"] = None if verdict is None else verdict.policy_block
    document["suggester_policy_digest"] = None if verdict is None else verdict.suggester_policy_digest
    document["context"] = context
    document["overrides"] = [] if verdict is None else [one.to_json() for one in verdict.overrides]
    document["operations"] = operations
    document["change"] = None if change is None else change.to_json()
    return document


def groups(verdict: Verdict) -> list[Group]:
    """Return the operations, equal ones together: what is denied first, then as they stand in the text."""
    if verdict.program is None:
        return []
    found: dict[tuple[Any, ...], Group] = {}
    for ruling in verdict.rulings:
        operation = verdict.program.operations[ruling.operation]
        said = tuple(dict.fromkeys(ruling.opinions))
        kept = tuple(replace(violation, operation=0, location=None) for violation in ruling.violations)
        key = (operation.type, describe(operation), said, kept)
        group = found.get(key)
        if group is None:
            found[key] = Group(operation, ruling, (operation.location,))
        elif operation.location not in group.places:
            found[key] = replace(group, places=(*group.places, operation.location))
    return sorted(found.values(), key=lambda group: list(Decision).index(group.decision) == 0)


def _blocks(found: Sequence[Group], code: Extract, *, all_: bool, style: Style) -> Iterator[str]:
    whole = [group for group in found if all_ or group.decision is not Decision.ALLOW]
    if not all_:
        whole = whole[:MAX_BLOCKS]
    lines: list[str] = []
    for group in found:
        if group in whole:
            yield _block(group, code, style)
        else:
            lines.append(_line(group, style))
    if lines:
        yield "\n".join(lines)


def _block(group: Group, code: Extract, style: Style) -> str:
    operation, ruling = group.operation, group.ruling
    gutter = gutter_of(operation.location)
    violations = sorted(ruling.violations, key=lambda violation: violation.escalates)
    if violations:
        out = [finding(replace(violations[0], operation=0, help=None), code, (operation,), style)]
    else:
        words = visible(describe(operation), style, limit=MAX_MESSAGE)
        role = ROLES[group.decision]
        out = [style.paint(f"{role}[{operation.type}]", role) + style.paint(f": {words}", "strong")]
        out += frame(code, operation.location, "", gutter=gutter, style=style, role="place")
    margin = " " * gutter + style.paint(" = ", "place")
    out += [
        margin + f"also: {visible(violation.message, style, limit=MAX_MESSAGE)}"
        for violation in violations[1:]
    ]
    out += [margin + line for line in opinion_lines(ruling.opinions, "", style)]
    out += [
        margin + style.paint("warns", "warn") + f": {visible(warning.message, style, limit=MAX_MESSAGE)}"
        for warning in ruling.warnings
    ]
    if len(group.places) > 1:
        out.append(margin + f"also at {_places(group.places[1:])}")
    return "\n".join(out)


def _line(group: Group, style: Style) -> str:
    role = ROLES[group.decision]
    words = visible(describe(group.operation), style, limit=MAX_MESSAGE)
    deciding = dict.fromkeys(
        _named(opinion, style) for opinion in group.ruling.opinions if opinion.says in _DECIDING
    )
    if group.decision is not Decision.ALLOW:
        deciding = dict.fromkeys(visible(one.constraint, style) for one in group.ruling.violations)
    by = f": {', '.join(deciding)}" if deciding else ""
    head = style.paint(f"{role}[{group.operation.type}]", role)
    return f"{head}: {_places(group.places)}: {words}{by}"


def _named(opinion: Opinion, style: Style) -> str:
    entry = f' "{visible(opinion.entry, style, limit=60)}"' if opinion.entry is not None else ""
    return f"{visible(opinion.constraint, style)}{entry} ({place(opinion.clause, style)})"


def _places(places: Sequence[Span]) -> str:
    shown = ", ".join(f"{span.line}:{span.column + 1}" for span in places[:MAX_PLACES])
    more = len(places) - MAX_PLACES
    return f"{shown} and {more} more" if more > 0 else shown


def _verdict_line(report: FileReport, verdict: Verdict, style: Style) -> str:
    head = ROLES[verdict.decision]
    agent = f"agent `{visible(verdict.agent, style, limit=MAX_MESSAGE)}`"
    may = {
        Decision.ALLOW: "may run it",
        Decision.DENY: "may not run it",
        Decision.ESCALATE: "may run it with approval only",
    }[verdict.decision]
    count = 0 if verdict.program is None else len(verdict.program.operations)
    counted = f"{plural(count, 'operation')}, {plural(len(report.violations), 'finding')}"
    return f"{style.paint(head, head)}: {visible(report.path, style)}: {agent} {may} ({counted})"


def _policy_lines(verdict: Verdict, style: Style) -> Iterator[str]:
    if verdict.policy_block not in {None, verdict.agent}:
        yield f"  policy: the block `{visible(verdict.policy_block or '', style)}` is the one that fits best"
    if verdict.suggester_policy_digest is not None and verdict.context is not None:
        name = visible(verdict.context.suggester or "", style)
        yield f"  delegation: it has to be allowed to the suggester `{name}` too"
    for override in verdict.overrides:
        yield _override(override, style)


def _override(override: Override, style: Style) -> str:
    words = visible(
        f"{override.constraint} is wider than in `{override.base}`: {override.reason}",
        style,
        limit=MAX_MESSAGE,
    )
    return f"  override: {words} ({place(override.clause, style)})"


def _change_lines(change: Change, verdict: Verdict, style: Style) -> Iterator[str]:
    verb = "allow" if change.decision == Decision.ALLOW.value else "deny"
    parts: list[tuple[int, str, str, list[str]]] = []
    if change.context:
        lines = [f"  {visible(line, style, limit=MAX_MESSAGE)}" for line in _fields(change, verdict)]
        if change.context_decision == Decision.ESCALATE.value:
            lines.append("  it then needs approval")
        known = {} if verdict.context is None else verdict.context.to_json()
        # What nobody has told is to be told before any policy is changed for it.
        untold = all(name == "spent" or name not in known for name, _ in change.context)
        what = "tell what is known around it, such as:" if untold else "judge it in another context:"
        # Nor does a rule, or a constraint as a whole, go where another phase or hour is enough.
        given_up = any(edit.verb == "drop" for edit in change.edits)
        rank = 0 if untold or given_up else len(change.context)
        parts.append((rank, f"to {verb} it, {what}", f"or {what}", lines))
    if change.edits:
        lines = list(_edits(change.edits, verdict, style))
        lines += [line for fault in change.instead for line in _fault(fault, style, "or, in the code, ")]
        parts.append((len(change.edits), f"to {verb} it, change the policy:", "or change the policy:", lines))
    if change.faults:
        lines = [line for fault in change.faults for line in _fault(fault, style)]
        parts = [(count, "and, for the rest, the policy:", second, rest) for count, _, second, rest in parts]
        parts.insert(0, (0, f"to {verb} it, change the code:", "", lines))
    if change.approval:
        parts.append((0, "to allow it, have it approved", "or have it approved", []))
    for number, (_, first, second, lines) in enumerate(sorted(parts, key=lambda part: part[0])):
        yield style.paint(first if number == 0 or (number == 1 and change.faults) else second, "help")
        yield from lines
    if change.why is not None:
        yield f"{style.paint(f'to {verb} it:', 'help')} {visible(change.why, style, limit=MAX_MESSAGE)}"


def _fields(change: Change, verdict: Verdict) -> Iterator[str]:
    """Yield a line for each field that is another, and for each scope of which nobody told what was spent."""
    told = () if verdict.context is None else verdict.context.spent
    for name, value in change.context:
        if name == "spent":
            yield from (f"spent.{scope}: nothing" for scope in value if scope not in told)
        else:
            yield f"{name}: {value}"


def _edits(edits: Sequence[Edit], verdict: Verdict, style: Style) -> Iterator[str]:
    """Yield a line for each edit; all that one list gets, or loses, stands together."""
    joined: dict[tuple[Any, ...], Edit] = {}
    for edit in edits:
        key = (edit.verb, edit.block, edit.constraint, edit.clause)
        before = joined.get(key)
        values = edit.values if before is None else (*before.values, *edit.values)
        joined[key] = replace(edit, values=tuple(dict.fromkeys(values)))
    for edit in joined.values():
        whose = "" if edit.block == verdict.policy_block else f" of `{visible(edit.block, style)}`"
        where = "" if edit.clause is None else f" ({place(edit.clause, style)})"
        yield f"  {visible(str(edit), style, limit=MAX_MESSAGE)}{whose}{where}"


def _fault(fault: Fault, style: Style, head: str = "") -> Iterator[str]:
    where = f"{fault.location.line}:{fault.location.column + 1}"
    yield f"  {head}{where}: {visible(fault.why, style, limit=MAX_MESSAGE)}"
    if fault.help is not None:
        yield f"    {style.paint('help', 'help')}: {visible(fault.help, style, limit=MAX_MESSAGE)}"
