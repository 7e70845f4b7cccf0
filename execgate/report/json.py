"""The JSON documents of the command line; their names are fixed, further fields may join them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from execgate.errors import ExecgateError
from execgate.model.execution import ExecutionResult
from execgate.report.values import FileReport, Summary, location_of


def dumps(document: Mapping[str, Any]) -> str:
    """Return `document` as ASCII text: whatever stands in it, it can be written anywhere."""
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def report_document(reports: Sequence[FileReport], error: ExecgateError | None = None) -> dict[str, Any]:
    """Return the document of `execgate analyze`; `error` is why nothing could be judged at all."""
    return {
        "results": [file_document(report) for report in reports],
        "summary": asdict(Summary.of(reports)),
        "error": error_document(error),
    }


def run_document(
    report: FileReport,
    *,
    execution: ExecutionResult | None = None,
    receipts: Mapping[str, str | None] | None = None,
    error: ExecgateError | None = None,
) -> dict[str, Any]:
    """Return the document of `execgate run`: the same, with how the run ended and its receipts."""
    document = report_document([report], error)
    result = document["results"][0]
    result["execution"] = None if execution is None else execution_document(execution)
    result["receipts"] = dict(receipts) if receipts is not None else None
    return document


def file_document(report: FileReport) -> dict[str, Any]:
    """Return one entry of `results`."""
    program = report.analysed
    verdict = report.verdict
    place = location_of(report.error) if report.error is not None else None
    if verdict is not None and verdict.error is not None:
        place = next((reason.location for reason in verdict.violations), None)
    return {
        "path": report.path,
        "verdict": None if report.decision is None else report.decision.value,
        "agent": report.agent,
        "policy_digest": None if verdict is None else verdict.policy_digest,
        "ir": None if program is None else program.to_json(),
        "violations": [violation.to_json() for violation in report.violations],
        "warnings": [warning.to_json() for warning in report.warnings],
        "error": report.error_text,
        "error_location": None if place is None else place.to_json(),
    }


def execution_document(result: ExecutionResult) -> dict[str, Any]:
    """Return how a run ended, with its output whole and its files by name, size and digest."""
    return {**result.to_json(), "stdout": result.stdout, "stderr": result.stderr}


def error_document(error: ExecgateError | None) -> dict[str, Any] | None:
    """Return an error as its message and the help for it."""
    return None if error is None else {"message": error.message, "help": error.help}
