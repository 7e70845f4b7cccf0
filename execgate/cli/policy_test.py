"""`execgate policy test`: cases beside a policy, and which of its clauses they made decide."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from execgate.cli import policies
from execgate.cli.console import Console
from execgate.cli.parser import Parser, UsageError, add_format, examples, statuses
from execgate.errors import ExecgateError, InputError, PolicyError
from execgate.report.escape import Style, visible
from execgate.report.json import dumps, error_document
from execgate.report.opinions import clause_name, opinion_lines, place
from execgate.report.text import MAX_MESSAGE, plural
from execgate.report.wording import describe

if TYPE_CHECKING:
    from execgate.policy import PolicySet
    from execgate.policy.testing.cases import CaseFile
    from execgate.policy.testing.coverage import Coverage, Row
    from execgate.policy.testing.running import Outcome

PASSED, FAILED, UNUSABLE = 0, 1, 2

MAX_SHOWN = 12
"""How many operations of a case that failed are shown with what every clause said."""

_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%?")


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a *.policytest file, a folder (every one below it), or a policy file (those beside it); "
        "default: what analyze and run would use",
    )
    parser.add_argument(
        "--policy", metavar="P", help="judge by this policy file or folder, whatever the cases name"
    )
    parser.add_argument(
        "--coverage", action="store_true", help="print every clause with how often it allowed and denied"
    )
    parser.add_argument(
        "--min-coverage",
        metavar="SHARE",
        help="fail where less of the clauses was made to decide, as in 90%%",
    )
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate policy test",
                "execgate policy test policies/ --coverage",
                "execgate policy test policies/billing.policytest --min-coverage 90% --format json",
            ),
            statuses(
                "0  every case came as expected, and enough was covered",
                "1  a case failed, or too little was covered",
                "2  cases or a policy can't be used, or there are no cases",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Run every case, print what came otherwise than expected, and return the exit status."""
    run = _Run(named=options.policy)
    try:
        least = _least(options.min_coverage)
        files = _files(options.paths or [str(policies.find(None))])
    except ExecgateError as error:
        if options.format == "json":
            console.out(dumps(run.to_json(None, error)))
        raise
    for path in files:
        run.add(path)
    status = run.status(least)
    if options.format == "json":
        console.out(dumps(run.to_json(least)))
        return status
    _tell(run, options, least, console)
    return status


@dataclass(slots=True)
class _File:
    """One file of cases: what became of each, or why it can't be used."""

    path: str
    policy: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    error: PolicyError | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "policy": self.policy,
            "cases": [_outcome_json(outcome) for outcome in self.outcomes],
            "error": error_document(self.error),
            "report": None if self.error is None else self.error.rendered,
        }


@dataclass(slots=True)
class _Run:
    """All files, and the coverage of each policy that they are about."""

    named: str | None
    files: list[_File] = field(default_factory=list)
    covered: dict[str, Coverage] = field(default_factory=dict)
    loaded: dict[str, PolicySet] = field(default_factory=dict)

    def add(self, path: Path) -> None:
        """Run the cases of one file."""
        from execgate.policy.testing import cases

        done = _File(str(path))
        self.files.append(done)
        try:
            file = cases.load(path)
            where = Path(self.named) if self.named is not None else file.policy
            done.policy = str(where)
            self._judge(file, where, done)
        except PolicyError as error:
            done.error = error

    def _judge(self, file: CaseFile, where: Path, done: _File) -> None:
        from execgate.judging import judge
        from execgate.policy import PolicySet
        from execgate.policy.testing.coverage import Coverage
        from execgate.policy.testing.running import run

        key = str(where.resolve())
        if key not in self.loaded:
            self.loaded[key] = PolicySet.load(where)
            self.covered[key] = Coverage(self.loaded[key])
        loaded = self.loaded[key]
        done.outcomes = run(
            file, loaded, lambda source, agent, context: judge(source, agent, loaded, context=context)
        )
        for outcome in done.outcomes:
            if outcome.verdict is not None:
                self.covered[key].add(outcome.verdict)

    @property
    def outcomes(self) -> list[Outcome]:
        """What became of every case."""
        return [outcome for file in self.files for outcome in file.outcomes]

    @property
    def rows(self) -> list[Row]:
        """Every clause of every policy that was tested."""
        return [row for coverage in self.covered.values() for row in coverage.rows]

    @property
    def share(self) -> tuple[int, int]:
        """How many clauses were made to decide, and how many there are."""
        return sum(row.covered for row in self.rows), len(self.rows)

    def covers(self, least: Decimal | None) -> bool:
        """Return whether as much was covered as is asked for."""
        done, all_ = self.share
        return least is None or done * 100 >= least * all_

    def status(self, least: Decimal | None) -> int:
        """Return the exit status."""
        if any(file.error is not None for file in self.files):
            return UNUSABLE
        passed = all(outcome.passed for outcome in self.outcomes)
        return PASSED if passed and self.covers(least) else FAILED

    def to_json(self, least: Decimal | None, error: ExecgateError | None = None) -> dict[str, Any]:
        """Return the JSON document; `error` is why there are no cases."""
        passed = sum(outcome.passed for outcome in self.outcomes)
        done, all_ = self.share
        return {
            "results": [file.to_json() for file in self.files],
            "coverage": [row.to_json() for row in self.rows],
            "summary": {
                "files": len(self.files),
                "cases": len(self.outcomes),
                "passed": passed,
                "failed": len(self.outcomes) - passed,
                "errors": sum(file.error is not None for file in self.files),
                "clauses": all_,
                "covered": done,
                "covered_enough": self.covers(least),
            },
            "error": error_document(error),
        }


def _least(text: str | None) -> Decimal | None:
    if text is None:
        return None
    match = _SHARE.fullmatch(text)
    if match is None or Decimal(match[1]) > 100:
        raise UsageError(f"--min-coverage takes a percentage, got `{text}`", help="as in `90%`")
    return Decimal(match[1])


def _files(paths: Sequence[str]) -> list[Path]:
    from execgate.policy.testing import cases

    found: dict[Path, None] = {}
    for path in paths:
        if not path:
            raise InputError("an empty path names no cases", help="name a *.policytest file or a folder")
        try:
            here = cases.find(Path(path))
        except OSError as error:
            raise InputError(
                f"{path}: {error.strerror}", help="name a *.policytest file or a folder"
            ) from error
        if not here:
            raise InputError(
                f"{path}: no cases",
                help=f"write some in a *{cases.SUFFIX} file beside the policy: docs/policy-testing.md",
            )
        found.update(dict.fromkeys(here))
    return list(found)


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    case, verdict = outcome.case, outcome.verdict
    return {
        "name": case.name,
        "agent": case.agent,
        "location": case.clause.span.to_json(),
        "passed": outcome.passed,
        "expected": {
            "verdict": case.decision.value,
            "by": [str(one) for one in case.by],
            "warns": None if case.warns is None else [str(one) for one in case.warns],
        },
        "got": None if verdict is None else verdict.decision.value,
        "failures": list(outcome.failures),
        "violations": [] if verdict is None else [one.to_json() for one in verdict.all_violations],
        "warnings": [] if verdict is None else [one.to_json() for one in verdict.all_warnings],
    }


def _tell(run: _Run, options: argparse.Namespace, least: Decimal | None, console: Console) -> None:
    style = console.out_style
    for file in run.files:
        if file.error is not None:
            console.error(file.error)
            continue
        for outcome in file.outcomes:
            if not outcome.passed:
                console.out(_failure(outcome, style) + "\n")
    if options.coverage:
        console.out(_table(run.rows, style) + "\n")
    failed = sum(not outcome.passed for outcome in run.outcomes)
    done, all_ = run.share
    passed = len(run.outcomes) - failed
    head = style.paint("fail", "deny") if run.status(least) else style.paint("ok", "allow")
    words = [f"{passed:,} passed"] + [f"{failed:,} failed"] * bool(failed)
    errors = sum(file.error is not None for file in run.files)
    words += [f"{plural(errors, 'file')} can't be used"] * bool(errors)
    counted = f"{done:,} of {plural(all_, 'clause')} covered ({percent(done, all_)})"
    console.out(f"{head}: {plural(len(run.outcomes), 'case')}: {', '.join(words)}; {counted}\n")
    if not run.covers(least):
        console.error(
            ExecgateError(
                f"{percent(done, all_)} of the clauses are covered, at least {least}% are asked for",
                help=None if options.coverage else "`--coverage` lists the clauses that no case made decide",
            )
        )


def percent(part: int, whole: int) -> str:
    """Return a share in percent with one digit, never rounded up to what it is not."""
    tenths = 1000 if not whole else part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}%"


def _failure(outcome: Outcome, style: Style) -> str:
    case, verdict = outcome.case, outcome.verdict
    name = visible(case.name, style, limit=MAX_MESSAGE)
    lines = [f"{style.paint('fail', 'deny')}: {place(case.clause, style)}: {style.paint(name, 'strong')}"]
    lines += [f"  {visible(failure, style, limit=MAX_MESSAGE)}" for failure in outcome.failures]
    if verdict is None:
        return "\n".join([*lines, ""])
    for violation in verdict.all_violations:
        if violation.operation is None:
            lines.append(
                f"  {visible(f'{violation.constraint}: {violation.message}', style, limit=MAX_MESSAGE)}"
            )
    program = verdict.program
    if program is None:
        return "\n".join([*lines, ""])
    # Where something was denied, that is what came; else it is all that was permitted.
    shown = [ruling for ruling in verdict.rulings if not ruling.permitted] or list(verdict.rulings)
    for ruling in shown[:MAX_SHOWN]:
        operation = program.operations[ruling.operation]
        words = visible(describe(operation), style, limit=MAX_MESSAGE)
        where = f"{operation.location.line}:{operation.location.column + 1}"
        lines.append(f"  {style.paint(operation.type, 'strong')}: {words} ({where})")
        lines += opinion_lines(ruling.opinions, "    ", style)
    if len(shown) > MAX_SHOWN:
        lines.append(f"  ... and {plural(len(shown) - MAX_SHOWN, 'operation')} more")
    return "\n".join([*lines, ""])


def _table(rows: Sequence[Row], style: Style) -> str:
    head = ("", "ALLOWED", "DENIED", "LOOKED AT", "CLAUSE", "PLACE")
    table = [
        (
            "covered" if row.covered else "missing",
            f"{row.allowed:,}",
            f"{row.denied:,}",
            f"{row.looked:,}",
            clause_name(row.constraint, row.entry, style) + ("" if row.entry else _meant(row)),
            place(row.clause, style),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in (head, *table)) for column in range(len(head) - 1)]
    lines = []
    for line in (head, *table):
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        if line[0] == "missing":
            cells[0] = style.paint(cells[0], "escalate")
        lines.append("  ".join([*cells, line[-1]]).rstrip())
    return "\n".join([*lines, ""])


def _meant(row: Row) -> str:
    """Return which part of a list the row is about, where the list as a whole is meant."""
    return " (what is not listed)" if row.constraint.startswith("allowed_") else ""
