"""Receipts as people read them; what they quote from code and conversations is escaped.

Works on the JSON form of receipts, which is what an auditor has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from execgate.report.escape import PLAIN, Style, cells, visible
from execgate.report.snippet import split_lines
from execgate.report.text import MAX_MESSAGE, plural, size

_COLUMNS = {
    "merkle_index": "INDEX",
    "timestamp": "TIME",
    "kind": "KIND",
    "verdict": "VERDICT",
    "executor_agent": "EXECUTOR",
    "suggester_agent": "SUGGESTER",
    "receipt_id": "RECEIPT",
}
_MAX_CELL = 40
_MAX_CODE_LINES = 200
_ROLES = {"ALLOW": "allow", "DENY": "deny", "ESCALATE": "escalate"}


def receipts_table(rows: Sequence[Mapping[str, Any]], style: Style = PLAIN) -> str:
    """Return receipts as a table, one line each, in the given order."""
    table = [list(_COLUMNS.values())]
    table += [[_value(row[name], style, limit=_MAX_CELL) for name in _COLUMNS] for row in rows]
    widths = [max(_width(line[column]) for line in table) for column in range(len(_COLUMNS))]
    out = []
    for line in table:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        role = _ROLES.get(line[3])
        if role is not None:
            padded[3] = style.paint(padded[3], role)
        out.append("  ".join(padded).rstrip())
    return "\n".join(out) + "\n"


def receipt_text(receipt: Mapping[str, Any], style: Style = PLAIN) -> str:
    """Return one receipt: who, what, by which policy, why, and what came of it."""
    predicate = receipt["predicate"]
    rows = list(
        _decision(receipt, predicate) if receipt["kind"] == "decision" else _outcome(receipt, predicate)
    )
    width = max(len(label) for label, _ in rows)
    out = []
    for label, value in rows:
        text = _value(value, style, limit=MAX_MESSAGE)
        out.append(f"{style.paint(label.ljust(width), 'strong') if label else ' ' * width}  {text}")
    if receipt.get("code") is not None and receipt["kind"] == "decision":
        out += ["", style.paint("code", "strong"), *_code(receipt["code"], style)]
    return "\n".join(out) + "\n"


def _head(
    receipt: Mapping[str, Any], predicate: Mapping[str, Any], verdict: str
) -> Iterator[tuple[str, Any]]:
    yield "receipt", receipt["receipt_id"]
    yield "kind", receipt["kind"]
    yield "time", predicate["timestamp"]
    yield "log", f"entry {receipt['merkle_index']}, leaf {receipt['leaf_hash']}"
    yield "verdict", verdict
    yield "executor", predicate["executor_agent"]
    yield "suggester", predicate["suggester_agent"]


def _decision(receipt: Mapping[str, Any], predicate: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    evaluation = predicate["policy_evaluation"]
    yield from _head(receipt, predicate, evaluation["verdict"])
    context = predicate["conversation_context"]
    for label, name in (
        ("group", "group_chat"),
        ("conversation", "conversation_id"),
        ("turn", "turn_number"),
    ):
        if context.get(name) is not None:
            yield label, context[name]
    for name, text in sorted(receipt.get("messages", {}).items()):
        label = "suggester said" if name == "message_from_suggester" else "executor said"
        yield label, "(erased)" if text is None else text
    code = predicate["code"]
    yield "code", f"{code['path']} ({code['language']}, {size(code['size'])}), {predicate['code_hash']}"
    call = predicate["call"]
    if call["count"] > 1:
        approved = "approved" if call["approved"] else "not approved"
        yield "call", f"block {call['index'] + 1} of {call['count']}, {approved} as a whole"
    if evaluation["executor_policy"] is None:
        yield "policy", "none"
    else:
        yield "policy", f"{evaluation['executor_policy']}{_block(evaluation)}, {evaluation['policy_digest']}"
    if evaluation.get("suggester_policy_digest"):
        yield "suggester policy", evaluation["suggester_policy_digest"]
    yield from _listed("overrides", list(_overrides(evaluation)))
    yield from _listed("context", list(_context(evaluation)))
    error, violations = evaluation.get("error"), list(_findings(evaluation, "violations"))
    # What is told below with its place is not told twice, with columns counted in another way.
    if error and not any(str(error).startswith(told) for told in _messages(evaluation)):
        yield "error", error
    yield from _listed("confines", list(_confines(evaluation)))
    if earlier := _entries(evaluation, "earlier"):
        yield "judged with", f"{plural(len(earlier), 'block')} of its session before it"
    yield from _listed("operations", [_operation(entry) for entry in _entries(evaluation, "operations")])
    yield from _listed("gaps", [f"{_place(entry)}{entry['why']}" for entry in _entries(evaluation, "gaps")])
    yield from _listed("violations", violations)
    yield from _listed("warnings", list(_findings(evaluation, "warnings")))


def _outcome(receipt: Mapping[str, Any], predicate: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from _head(receipt, predicate, predicate["verdict"])
    yield "code", predicate["code_hash"]
    yield "decision", predicate["decision"]["receipt_id"]
    result = predicate["result"]
    ending = f"exit status {result['exit_code']}" if result["stopped_by"] == "exit" else result["stopped_by"]
    detail = result["detail"] if result["detail"] != ending else ""
    yield "ended by", f"{ending}: {detail}" if detail else ending
    usage = result["usage"]
    yield "wall time", f"{usage['wall_s']} s"
    if usage["cpu_s"] is not None:
        yield "processor time", f"{usage['cpu_s']} s"
    if usage["memory_peak_bytes"] is not None:
        yield "memory", size(usage["memory_peak_bytes"])
    for name in ("stdout", "stderr"):
        yield name, f"{size(result[name]['size'])}, {result[name]['digest']}"
    files = result["artifacts"] if isinstance(result["artifacts"], list) else []
    yield from _listed(
        "files", [f"{file['name']} ({size(file['size'])}), {file['digest']}" for file in files]
    )
    yield from _listed("surprises", [_operation(entry) for entry in _told(result, "surprises")])
    yield from _listed("connections", [_connection(entry) for entry in _told(result, "connections")])
    yield from _listed("packages", [str(line) for line in _told(result, "packages")])
    yield "sandbox", f"{result['backend']}, image {result['image']}" if result["image"] else result["backend"]
    in_force = result.get("in_force")
    if isinstance(in_force, Mapping):
        yield from _listed("in force", [f"{name}: {words}" for name, words in sorted(in_force.items())])


def _told(result: Mapping[str, Any], name: str) -> Sequence[Any]:
    """Return a list of a result; a receipt of an earlier version has none, and a large one its digest."""
    found = result.get(name)
    return found if isinstance(found, list) else []


def _connection(entry: Mapping[str, Any]) -> str:
    where = f"{entry['host']}:{entry['port']}"
    if entry["refused"]:
        return f"{where}, refused: {entry['refused']}"
    moved = f"{size(entry['sent_bytes'])} sent, {size(entry['received_bytes'])} received"
    return f"{where} at {entry['address']}, {moved}" if entry["address"] else f"{where}, {moved}"


def _listed(label: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines):
        yield (label if number == 0 else ""), line


def _entries(evaluation: Mapping[str, Any], name: str) -> Sequence[Any]:
    """Return a list that may have been too large for the receipt and gone by digest, or been erased."""
    analysis = evaluation.get("analysis")
    found = analysis.get(name) if isinstance(analysis, Mapping) else None
    return found if isinstance(found, list) else []


def _operation(entry: Mapping[str, Any]) -> str:
    hidden = {"type", "via", "resolved", "unresolved", "location"}
    words = []
    for name, value in entry.items():
        if name not in hidden and value not in (None, [], False):
            words.append(f"{name} {', '.join(map(str, value)) if isinstance(value, list) else value}")
    tail = "" if entry["resolved"] else f", unresolved: {'; '.join(entry.get('unresolved', []))}"
    words.append(f"via {entry['via']}")
    return f"{_place(entry)}{entry['type']}: {', '.join(words)}{tail}"


def _messages(evaluation: Mapping[str, Any]) -> list[str]:
    found = evaluation.get("violations")
    return [entry["message"] for entry in found] if isinstance(found, list) else []


def _findings(evaluation: Mapping[str, Any], name: str) -> Iterator[str]:
    found = evaluation.get(name)
    for entry in found if isinstance(found, list) else []:
        yield f"{_place(entry)}{entry['constraint']}: {entry['message']}{_clause(entry)}"


def _overrides(evaluation: Mapping[str, Any]) -> Iterator[str]:
    found = evaluation.get("overrides")
    for entry in found if isinstance(found, list) else []:
        yield f"{entry['constraint']}, wider than in {entry['base']}: {entry['reason']}{_clause(entry)}"


def _clause(entry: Mapping[str, Any]) -> str:
    clause = entry.get("policy")
    return f" [{clause['file']}: {clause['text']}]" if clause else ""


def _block(evaluation: Mapping[str, Any]) -> str:
    """Return the pattern that the policy stands under, where the agent has none of its own."""
    block = evaluation.get("policy_block")
    return f" (of {block})" if block not in {None, evaluation["executor_policy"]} else ""


def _context(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was known around the call, but for what the conversation says already."""
    known = evaluation.get("context")
    for name, value in known.items() if isinstance(known, Mapping) else ():
        if name not in {"suggester", "group", "turn", "spent"}:
            yield f"{name} {value}"
    spent = known.get("spent") if isinstance(known, Mapping) else None
    for scope, tally in spent.items() if isinstance(spent, Mapping) else ():
        amounts = ", ".join(f"{amount} {currency}" for currency, amount in tally["amounts"].items())
        yield f"spent by {scope}: {amounts or 'nothing'} in {plural(tally['payments'], 'payment')}"


def _confines(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the policy says about how the program runs, where it says more than it has to."""
    found = evaluation.get("confines")
    if not isinstance(found, Mapping):  # a receipt of an earlier version has none
        return
    for name, usual in (("session", "none"), ("on_surprise", "record"), ("image", None)):
        if found[name] != usual:
            yield f"{name} {found[name]}"
    for folder in found["host_folders"]:
        yield f"host folder {folder['source']} at {folder['target']}"


def _place(entry: Mapping[str, Any]) -> str:
    location = entry.get("location")
    return "" if location is None or not location["line"] else f"{location['line']}:{location['column'] + 1} "


def _code(text: str, style: Style) -> Iterator[str]:
    lines = split_lines(text)
    if lines and not lines[-1]:
        lines.pop()
    width = len(str(len(lines)))
    for number, line in enumerate(lines[:_MAX_CODE_LINES], 1):
        shown = "".join(cell.shown for cell in cells(line[:MAX_MESSAGE], style))
        cut = "..." if len(line) > MAX_MESSAGE else ""
        yield f"{style.paint(f'{number:>{width}} |', 'place')} {shown}{cut}".rstrip()
    if len(lines) > _MAX_CODE_LINES:
        yield f"... and {plural(len(lines) - _MAX_CODE_LINES, 'line')} more"


def _value(value: Any, style: Style, *, limit: int) -> str:
    return "-" if value is None else visible(str(value), style, limit=limit)


def _width(text: str) -> int:
    return sum(cell.width for cell in cells(text))
