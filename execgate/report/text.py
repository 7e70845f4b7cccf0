"""Findings, listings and outcomes as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execgate.model.execution import ExecutionResult, Stop
from execgate.model.operation import ModuleImport, Operation
from execgate.model.program import Program
from execgate.model.verdict import Clause, Decision, Violation, Warning  # noqa: A004 - the word that policies use
from execgate.report.escape import PLAIN, Style, visible
from execgate.report.snippet import Extract, frame, gutter_of, split_lines
from execgate.report.values import FileReport, Summary
from execgate.report.wording import describe

MAX_MESSAGE = 600
"""A message quotes names from the code, which can be as long as the code."""

NOT_RUN = "nothing was run"

ROLES = {Decision.ALLOW: "allow", Decision.DENY: "deny", Decision.ESCALATE: "escalate"}
"""What each decision is called at the head of a line, and painted as."""


def file_text(report: FileReport, style: Style = PLAIN) -> str:
    """Return every finding about one file and its verdict, or the list of its operations."""
    if report.decision is None:
        return "" if report.program is None else operations_text(report.path, report.program, style)
    lines = split_lines(report.source.text) if report.source is not None else []
    code = Extract(report.path, lines)
    program = report.analysed
    operations = program.operations if program is not None else ()
    found: tuple[Violation | Warning, ...] = (*report.violations, *report.warnings)
    blocks = [finding(one, code, operations, style) for one in found]
    return "\n\n".join([*blocks, _verdict_line(report, report.decision, style)]) + "\n"


def finding(
    violation: Violation | Warning,
    code: Extract,
    operations: Sequence[Operation] = (),
    style: Style = PLAIN,
) -> str:
    """Return a violation or a warning with its two places: what the code does, and which clause decided."""
    role, help_ = "warn", None
    if isinstance(violation, Violation):
        role, help_ = "escalate" if violation.escalates else "deny", violation.help
    index = violation.operation
    operation = operations[index] if index is not None and 0 <= index < len(operations) else None
    kind = operation.type if operation is not None else violation.constraint
    message = visible(violation.message, style, limit=MAX_MESSAGE)
    out = [style.paint(f"{role}[{visible(kind, style)}]", role) + style.paint(f": {message}", "strong")]
    clause = violation.clause
    gutter = gutter_of(violation.location, clause.span if clause is not None else None)
    if violation.location is not None:
        label = describe(operation) if operation is not None else ""
        out += frame(code, violation.location, label, gutter=gutter, style=style, role=role)
    if clause is not None:
        extract = Extract(clause.file, [clause.text.rstrip("\r\n")], clause.span.line)
        label = _clause_label(violation.constraint, clause)
        out += frame(extract, clause.span, label, gutter=gutter, style=style, role="place")
    if help_ is not None:
        text = visible(help_, style, limit=MAX_MESSAGE)
        out.append(" " * gutter + style.paint(" = help: ", "help") + text)
    return "\n".join(out)


def operations_text(path: str, program: Program, style: Style = PLAIN) -> str:
    """Return one line for each operation and gap, in the order of the text."""
    found = [
        (operation.location, operation.type, _operation_words(operation, style))
        for operation in program.operations
    ]
    found += [(gap.location, "gap", visible(gap.why, style, limit=MAX_MESSAGE)) for gap in program.gaps]
    found.sort(key=lambda item: (item[0].line, item[0].column))
    shown = visible(path, style)
    return "".join(
        f"{shown}:{place.line}:{place.column + 1}: {style.paint(kind, 'strong')}: {words}\n"
        for place, kind, words in found
    )


def summary_text(summary: Summary) -> str:
    """Return one line with what became of all files."""
    judged = summary.allowed + summary.denied + summary.escalated
    if summary.files != summary.errors and not judged:
        parts = ["nothing was judged, as no agent was given"]
    else:
        counts = {"allowed": summary.allowed, "denied": summary.denied, "escalated": summary.escalated}
        parts = [f"{count} {word}" for word, count in counts.items() if count]
    # What was judged is counted already, also where its own mistake is why it is denied.
    errors = min(summary.errors, summary.files - judged)
    if errors:
        parts.append(plural(errors, "error"))
    if summary.warnings:
        parts.append(plural(summary.warnings, "warning"))
    return f"{plural(summary.files, 'file')}: {', '.join(parts)}"


def outcome_text(result: ExecutionResult, style: Style = PLAIN) -> str:
    """Return in one line how a run ended and what it used."""
    detail = visible(ending_detail(result), style, limit=MAX_MESSAGE)
    if was_not_run(result):
        return detail
    if result.stopped_by is Stop.EXIT:
        ending = f"the program ended with status {result.exit_code}"
    elif result.stopped_by is Stop.ENGINE:
        ending = "the sandbox was lost while the program ran"
    elif result.stopped_by is Stop.CANCELLED:
        ending = "the run was cancelled"
    elif result.stopped_by is Stop.SURPRISE:
        ending = "the program was stopped by a surprise"
    else:
        ending = f"the program was stopped by its {result.stopped_by.value.replace('_', ' ')} limit"
    used = ", ".join(_usage(result))
    cut = "; its output was cut" if result.output_truncated else ""
    return f"{ending}{f' ({detail})' if detail else ''} after {used}{cut}"


def surprise_lines(result: ExecutionResult, style: Style = PLAIN) -> list[str]:
    """Return a line for each thing that the program did and the analysis had not foreseen."""
    lines = [
        f"surprise[{operation.type}]: the program {visible(describe(operation), style, limit=MAX_MESSAGE)}"
        f" ({_seen_at(operation)})"
        for operation in result.surprises
    ]
    if result.omitted:
        lines.append(f"{plural(result.omitted, 'more observation')} not kept")
    return lines


def _seen_at(operation: Operation) -> str:
    line = operation.location.line
    return f"{operation.via}, line {line}" if line else operation.via


def ending_detail(result: ExecutionResult) -> str:
    """Return what is known of an ending beyond `stopped_by` and the exit status."""
    status = f"exit status {result.exit_code}"
    return "" if result.detail == status else result.detail.removeprefix(f"{status}; ")


def was_not_run(result: ExecutionResult) -> bool:
    """Whether the program was never started; `detail` says so, and why."""
    return result.exit_code is None and (
        result.detail.startswith(NOT_RUN) or result.detail.endswith(f": {NOT_RUN}")
    )


def plural(count: int, word: str, words: str | None = None) -> str:
    """Return a count with its word, such as `1 file` or `1,200 files`."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def size(count: int) -> str:
    """Return a number of bytes with a decimal unit, such as `12.5 MB`."""
    if count < 1000:
        return plural(count, "byte")
    amount = count / 1000
    for unit in ("kB", "MB"):
        if amount < 1000:
            return f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def _usage(result: ExecutionResult) -> Iterator[str]:
    usage = result.usage
    yield f"{usage.wall_s:.2f} s"
    if usage.cpu_s is not None:
        yield f"{usage.cpu_s:.2f} s of processor time"
    if usage.memory_peak_bytes is not None:
        yield f"{size(usage.memory_peak_bytes)} of memory"
    if usage.processes_peak is not None:
        yield plural(usage.processes_peak, "process", "processes")


def _operation_words(operation: Operation, style: Style) -> str:
    words = describe(operation)
    # An import by its own name has no other way to tell.
    if not (isinstance(operation, ModuleImport) and operation.module == operation.via):
        words += f" ({operation.via})"
    words = visible(words, style, limit=MAX_MESSAGE)
    if operation.resolved:
        return words
    why = visible("; ".join(operation.unresolved), style, limit=MAX_MESSAGE)
    return f"{words}, {style.paint('unresolved', 'escalate')}: {why}"


def _clause_label(constraint: str, clause: Clause) -> str:
    if constraint not in clause.text:
        return f"nothing here says `{constraint}`" if constraint.startswith("allowed_") else ""
    if constraint.startswith("allowed_"):
        return "does not cover it"
    return "covers it" if constraint.startswith("disallowed_") else ""


def _verdict_line(report: FileReport, decision: Decision, style: Style) -> str:
    head = ROLES[decision]
    agent = f"agent `{visible(report.agent or '', style, limit=MAX_MESSAGE)}`"
    if decision is Decision.ALLOW:
        program = report.analysed
        count = len(program.operations) if program is not None else 0
        warned = f", {plural(len(report.warnings), 'warning')}" if report.warnings else ""
        tail = f"{agent} may run it ({plural(count, 'operation')}{warned})"
    else:
        found = plural(len(report.violations), "finding")
        may = "may run it with approval only" if decision is Decision.ESCALATE else "may not run it"
        tail = f"{agent} {may} ({found})"
    return f"{style.paint(head, head)}: {visible(report.path, style)}: {tail}"
