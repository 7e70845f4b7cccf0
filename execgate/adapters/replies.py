"""What goes back into the conversation in place of, or beside, a program's output.

The next agent reads this text, and so does the code that looks for more code and for the end of the
chat.  It therefore holds no backtick, so that nothing in it can be taken for code and run; what is quoted
from the code is escaped, cut, and can't spell a word that ends a chat; and it is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from execgate.calls import BlocksExecution, Execution
from execgate.errors import ExecgateError, SandboxUnavailableError
from execgate.model.execution import ExecutionResult, Stop
from execgate.model.limits import Limits
from execgate.model.verdict import Decision, Reason, Verdict
from execgate.report.escape import visible
from execgate.report.text import ending_detail, plural, size, was_not_run

MAX_VIOLATIONS = 12
"""How many are listed; the rest are counted."""

MAX_LINE = 300
"""Characters of one message or help."""

MAX_PLACES = 5
"""Lines of code that are named for one of them."""

MAX_FILES = 6
"""Names in one list of files."""

_ENDINGS = re.compile(
    # Whatever its case, `terminate` ends most chats; the others only do as a word of their own.
    r"(?i:terminat)"
    r"|(?<![A-Za-z0-9])(?:EXIT|QUIT|STOP|STOPPED|DONE|FINISH|FINISHED|COMPLETE|COMPLETED|END|BYE|GOODBYE"
    r"|APPROVE|APPROVED|ACCEPT|ACCEPTED|HALT|OVER|SOLVED|SUCCESS|ABORT|CANCEL|FINAL)(?![A-Za-z0-9])"
)

_BREAK = "\u00b7"
"""Put into a word to break it."""

_ADVICE = {
    Reason.POLICY: (
        "Solve the task without these operations. The same operation written in another way is denied again; "
        "only whoever runs these agents can change the policy."
    ),
    Reason.ANALYSIS: "Write it in plain Python, so that what it does can be told from the code.",
    Reason.SYSTEM: "The code itself is not to blame.",
}


_APPROVAL = "Only whoever runs these agents can approve it; handed over again it is held back again."


def denied(call: BlocksExecution, agent: str) -> str:
    """Return what the conversation is told of a call that was not allowed."""
    verdicts = [block.verdict for block in call.blocks]
    if not verdicts:
        return "There was no code to run, so nothing was run."
    entries = list(_entries(verdicts))
    lines = [_headline(call.decision, verdicts, agent), "", *entries[:MAX_VIOLATIONS]]
    if len(entries) > MAX_VIOLATIONS:
        lines.append(f"- and {len(entries) - MAX_VIOLATIONS} more")
    if call.decision is Decision.DENY:
        lines += ["", _ADVICE[_gravest(verdicts)]]
    else:
        lines += ["", _APPROVAL]
    ran = "Nothing" if len(verdicts) == 1 else f"None of the {len(verdicts)} blocks"
    return _harmless("\n".join([*lines, f"{ran} was run."]))


def unattributed() -> str:
    """Return what is told where no agent is replying, so that there is no policy to judge by."""
    return (
        "Denied by execgate: this code was not handed over by an agent that is making a reply, so no policy "
        "applies. Let an agent with this executor reply, or name the agent for direct use: "
        "GatedExecutor(gate, agent=...). Nothing was run."
    )


def failed(error: Exception, blocks: int) -> str:
    """Return what is told where the gate itself failed; only a defect is told by its name in the code."""
    name, is_ours = type(error).__name__, isinstance(error, ExecgateError)
    try:
        words = error.message if isinstance(error, ExecgateError) else str(error)
        help_ = error.help if isinstance(error, ExecgateError) else None
    except Exception:  # noqa: BLE001 - an error that can't be shown must not become another one
        words, help_ = "", None
    told = words if words and is_ours else f"{name}: {words}" if words else name
    lines = [f"execgate could not do this: {visible(told, limit=MAX_LINE)}"]
    if help_:
        lines.append(f"To whoever runs these agents: {visible(help_, limit=MAX_LINE)}")
    if isinstance(error, SandboxUnavailableError) and blocks == 1:
        lines.append("Nothing was run. The code is not to blame.")
    else:
        lines.append("There is no result, and no further block was run. The code is not to blame.")
    return _harmless("\n".join(lines))


def ran(call: BlocksExecution, notes: Sequence[str] = ()) -> str:
    """Return the output of every block that ran, and what ended it where that was not the program itself.

    The output is the program's own, unchanged; `notes` are lines of the gate's.
    """
    parts = [_output(block, block.result) for block in call.blocks if block.result is not None]
    missing = sum(block.result is None for block in call.blocks)
    if missing:
        parts.append(f"[execgate] {plural(missing, 'further block was', 'further blocks were')} not run\n")
    lost = [
        f"the run has no outcome receipt: {b.unrecorded}" for b in call.blocks if b.unrecorded is not None
    ]
    parts += [f"[execgate] {_harmless(visible(note, limit=MAX_LINE))}\n" for note in (*lost, *notes)]
    return "".join(parts)


def files_note(what: str, names: Sequence[str]) -> str:
    """Return one line that names some files and counts the rest."""
    more = f" and {len(names) - MAX_FILES} more" if len(names) > MAX_FILES else ""
    return f"{what}: {', '.join(names[:MAX_FILES])}{more}"


def writable(text: str) -> str:
    """Return `text` with what UTF-8 can't hold replaced; a message that can't be sent would end the chat."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _headline(decision: Decision, verdicts: Sequence[Verdict], agent: str) -> str:
    who = f"agent '{visible(agent, limit=80)}'"
    if decision is Decision.ESCALATE:
        return f"Held back by execgate: {who} needs approval for this code, which was not given."
    told = {
        Reason.POLICY: f"the policy of {who} does not permit this code.",
        Reason.ANALYSIS: f"it could not be told what this code does, so {who} may not run it.",
        Reason.SYSTEM: f"this code could not be judged for {who}.",
    }
    return f"Denied by execgate: {told[_gravest(verdicts)]}"


def _gravest(verdicts: Sequence[Verdict]) -> Reason:
    """Return the family that the denial is told as; a defect of the gate is never told as a breach."""
    found = {violation.reason for verdict in verdicts for violation in verdict.all_violations}
    return next((reason for reason in (Reason.POLICY, Reason.ANALYSIS) if reason in found), Reason.SYSTEM)


def _entries(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield what is wrong, what denies before what would need consent; the same in several lines once."""
    for number, verdict in enumerate(verdicts, 1):
        places: dict[tuple[str, str, str | None], list[int]] = {}
        for violation in sorted(verdict.all_violations, key=lambda violation: violation.escalates):
            lines = places.setdefault((violation.constraint, violation.message, violation.help), [])
            if violation.location is not None and violation.location.line not in lines:
                lines.append(violation.location.line)
        for (constraint, message, help_), lines in places.items():
            place = [f"block {number}"] if len(verdicts) > 1 else []
            if lines:
                shown = ", ".join(map(str, lines[:MAX_PLACES])) + (" ..." if len(lines) > MAX_PLACES else "")
                place.append(f"line{'s' if len(lines) > 1 else ''} {shown}")
            where = f" ({', '.join(place)})" if place else ""
            entry = f"- {constraint}{where}: {visible(message, limit=MAX_LINE)}"
            yield f"{entry}\n  help: {visible(help_, limit=MAX_LINE)}" if help_ else entry


def _output(block: Execution, result: ExecutionResult) -> str:
    text = result.stdout
    for more in (result.stderr, _ending(result, block.verdict.limits)):
        if more:
            text += ("\n" if text and not text.endswith("\n") else "") + more
    return text if text.endswith("\n") or not text else text + "\n"


def _ending(result: ExecutionResult, limits: Limits) -> str:
    """Say what ended the run, where that was not the program itself."""
    told = []
    if result.output_truncated:
        told.append("the output is cut: it is longer than the policy permits")
    if result.stopped_by is not Stop.EXIT:
        told.append(_stopped(result, limits))
    told += _notes(result)
    if result.rejected:
        told.append(files_note("files that were not taken over", result.rejected))
    return "".join(f"[execgate] {_harmless(visible(line, limit=MAX_LINE))}\n" for line in told)


def _stopped(result: ExecutionResult, limits: Limits) -> str:
    if was_not_run(result):
        return result.detail
    spelled = {
        Stop.TIME: f"Timeout: stopped by the time limit of {_number(limits.wall_s)} s (max_execution_time)",
        Stop.CPU: f"stopped by the limit of {_number(limits.cpu_s)} s of processor time (max_cpu_time)",
        Stop.MEMORY: f"stopped by the memory limit of {_size(limits.memory_bytes)} (max_memory)",
        Stop.PROCESSES: f"stopped by the limit of {limits.processes} processes (max_processes)",
        Stop.OUTPUT: f"stopped by the output limit of {_size(limits.output_bytes)} (max_output)",
        Stop.DISK: f"stopped by the disk limit of {_size(limits.disk_bytes)} (max_disk)",
        Stop.FILES: f"stopped by the limit of {limits.files} files (max_files)",
        Stop.FILE_SIZE: f"stopped by the limit of {_size(limits.file_bytes)} for one file (max_file_size)",
        Stop.SURPRISE: "stopped by a surprise",
        Stop.CANCELLED: "the run was called off",
        Stop.ENGINE: "the sandbox was lost while the program ran",
    }
    text = spelled[result.stopped_by]
    return f"{text} ({result.detail})" if result.detail and not _is_spelled(result) else text


def _notes(result: ExecutionResult) -> list[str]:
    """Return what else is known of a run: its session's end, what was not installed, what it lacked."""
    if result.stopped_by is Stop.EXIT:
        return [note] if (note := ending_detail(result)) else []
    # What a limit says of itself has no semicolon; what others add to it stands behind one.
    note = result.detail.partition("; ")[2] if _is_spelled(result) and not was_not_run(result) else ""
    return [note] if note else []


def _is_spelled(result: ExecutionResult) -> bool:
    """Whether a run ended by what can be told without its detail: a limit, which has a number."""
    return result.stopped_by.is_limit and result.stopped_by is not Stop.SURPRISE


def _size(value: int | None) -> str:
    return "unlimited size" if value is None else size(value)


def _number(value: float | None) -> str:
    return "unlimited" if value is None else f"{value:g}"


def _harmless(text: str) -> str:
    text = _ENDINGS.sub(lambda found: found[0][0] + _BREAK + found[0][1:], text)
    return writable(text.replace("`", "'"))
