"""Findings as SARIF 2.1.0, the format that code scanners hand to forges and editors (OASIS, 2020)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from execgate import __version__
from execgate.errors import ExecgateError
from execgate.model.operation import OPERATION_TYPES
from execgate.model.source import Span
from execgate.model.verdict import Clause, Violation, Warning  # noqa: A004 - the word that policies use
from execgate.report.values import FileReport
from execgate.report.wording import describe

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_RULES = {
    "agent": "The agent must be named by the policy",
    "evidence": "Something in the policy must permit each operation",
    "gap": "The effect of all code must be known",
    "gate": "The gate must be able to judge",
    "language": "Only Python and shell can be judged",
    "source": "The file must hold text that can be analysed",
    "syntax": "The code must be valid Python",
}


def sarif_document(
    reports: Sequence[FileReport], *, exit_code: int, error: ExecgateError | None = None
) -> dict[str, Any]:
    """Return the log of one run: a result for each violation, or for each operation where nothing was judged.

    Columns count from 1 in Unicode code points.  `error` is why nothing could be judged at all.
    """
    rules: dict[str, int] = {}
    results = [result for report in reports for result in _results(report, rules)]
    unusable = [report for report in reports if report.unusable]
    notes = [_notification(_told(report), report.path) for report in unusable]
    if error is not None:
        notes.append(_notification(error.message, None))
    run = {
        "tool": {
            "driver": {
                "name": "execgate",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(name) for name in rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not notes,
                "exitCode": exit_code,
                "toolExecutionNotifications": notes,
            }
        ],
        "artifacts": _artifacts(reports),
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _told(report: FileReport) -> str:
    message = report.error.message if report.error is not None else ""
    place = report.error_place
    return message if place is None else f"{message} (line {place.line}, column {place.column + 1})"


def _results(report: FileReport, rules: dict[str, int]) -> Iterable[dict[str, Any]]:
    program = report.analysed
    if report.decision is None:
        if program is None:
            return
        for operation in program.operations:
            unresolved = "".join(f"; unresolved: {why}" for why in operation.unresolved)
            text = f"the code {describe(operation)} ({operation.via}){unresolved}"
            yield _information(operation.type, text, report.path, operation.location, rules)
        for gap in program.gaps:
            yield _information("gap", gap.why, report.path, gap.location, rules)
        return
    if report.unusable:
        return  # A notification of the run says it: the file is no artifact that was scanned.
    for violation in report.violations:
        yield _violation(violation, report, rules)
    for warning in report.warnings:
        yield _warning(warning, report, rules)


def _violation(violation: Violation, report: FileReport, rules: dict[str, int]) -> dict[str, Any]:
    # A result that is no failure has no level (section 3.27.10).
    level = ("none", "review") if violation.escalates else ("error", "fail")
    result = _judged(violation, level, _sentence(violation), report, rules)
    result["properties"]["reason"] = violation.reason.value
    return result


def _warning(warning: Warning, report: FileReport, rules: dict[str, int]) -> dict[str, Any]:
    # Only what fails has a level, and it is the level by which forges tell a warning.
    return _judged(warning, ("warning", "fail"), warning.message, report, rules)


def _judged(
    found: Violation | Warning,
    level: tuple[str, str],
    text: str,
    report: FileReport,
    rules: dict[str, int],
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.constraint,
        "ruleIndex": rules.setdefault(found.constraint, len(rules)),
        "level": level[0],
        "kind": level[1],
        "message": {"text": text},
        "locations": [_location(report.path, found.location)],
    }
    if found.clause is not None:
        result["relatedLocations"] = [_clause(found.clause)]
    result["properties"] = {"agent": report.agent, "operation": found.operation}
    return result


def _information(rule: str, text: str, path: str, location: Span, rules: dict[str, int]) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "ruleIndex": rules.setdefault(rule, len(rules)),
        "level": "none",
        "kind": "informational",
        "message": {"text": text},
        "locations": [_location(path, location)],
    }


def _sentence(violation: Violation) -> str:
    return violation.message if violation.help is None else f"{violation.message}\nhelp: {violation.help}"


def _location(path: str, span: Span | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(path)}}
    if span is not None:
        place["region"] = _region(span)
    return {"physicalLocation": place}


def _clause(clause: Clause) -> dict[str, Any]:
    related = _location(clause.file, clause.span)
    if clause.span.line == clause.span.end_line:
        related["physicalLocation"]["contextRegion"] = {
            "startLine": clause.span.line,
            "snippet": {"text": clause.text},
        }
    return {"id": 0, **related, "message": {"text": "the clause that decided"}}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": max(span.line, 1),
        "startColumn": span.column + 1,
        "endLine": max(span.end_line, 1),
        "endColumn": span.end_column + 1,
    }


def _rule(name: str) -> dict[str, Any]:
    if name in {operation.type for operation in OPERATION_TYPES}:
        text = f"What the code does: {name.replace('_', ' ')}"
    else:
        text = _RULES.get(name, f"The policy's constraint `{name}` must be kept")
    return {"id": name, "shortDescription": {"text": text}}


def _artifacts(reports: Sequence[FileReport]) -> list[dict[str, Any]]:
    sources = {report.path: report.source for report in reports if report.source is not None}
    return [
        {
            "location": {"uri": uri(path)},
            "sourceLanguage": source.language,
            "encoding": "utf-8",
            "hashes": {"sha-256": source.digest.removeprefix("sha256:")},
        }
        for path, source in sources.items()
    ]


def _notification(text: str, path: str | None) -> dict[str, Any]:
    note: dict[str, Any] = {"level": "error", "message": {"text": text}}
    if path is not None:
        note["locations"] = [_location(path, None)]
    return note


def uri(path: str) -> str:
    """Return `path` as a URI reference: absolute paths as `file:`, the rest relative (RFC 3986)."""
    quoted = quote(os.fsencode(path))
    return f"file://{quoted}" if path.startswith("/") else quoted
