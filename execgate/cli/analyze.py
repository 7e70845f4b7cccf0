"""`execgate analyze`: code to operations, judged by an agent's policy; runs nothing, needs no Docker."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from execgate.cli.console import Console, show_traceback
from execgate.cli.context import add_context, context_of, says_something
from execgate.cli.inputs import Input, read_all
from execgate.cli.parser import Parser, add_format, add_language, add_policy, examples, statuses
from execgate.errors import ExecgateError
from execgate.judging import analyzed, judge
from execgate.model.context import Context
from execgate.model.verdict import Decision
from execgate.report.json import dumps, report_document
from execgate.report.text import file_text, plural, summary_text
from execgate.report.values import FileReport, Summary

if TYPE_CHECKING:
    from execgate.policy import PolicySet

ALLOWED, DENIED, UNUSABLE, ESCALATED = 0, 1, 2, 3


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, a folder (every *.py below it), or -"
    )
    parser.add_argument(
        "--agent", metavar="A", help="judge by the policy of this agent; without, list operations"
    )
    add_policy(parser)
    add_context(parser)
    add_language(parser)
    add_format(parser, "text", "json", "sarif")
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate analyze job.py",
                "execgate analyze job.py --agent agent_analysis --policy policies/analysis.policy",
                "execgate analyze src/ --agent agent_analysis --format sarif > findings.sarif",
                "git show HEAD:job.py | execgate analyze - --agent agent_analysis",
                'execgate analyze pay.py --agent billing --phase COMMIT --context "spent.session=9.50 USD"',
            ),
            statuses(
                "0  every file is allowed (without --agent: every file was analysed)",
                "1  a file is denied",
                "2  an input or the policy is unusable",
                "3  a file needs approval, and none is denied",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Analyse and judge every file, print what was found, and return the exit status."""
    machine = options.format != "text"
    try:
        context = context_of(options)
        policies = _policies(options, console)
    except ExecgateError as error:
        if machine:
            console.out(_document([], options.format, UNUSABLE, error))
        raise
    reports: list[FileReport] = []
    open_findings = False  # Findings stand apart; what is allowed is a line among lines.
    for input_ in read_all(options.paths):
        if reports:
            console.progress(f"{plural(len(reports), 'file')} done, now {input_.path}")
        report = examine(replace(input_, language=options.language), options.agent, policies, context)
        reports.append(report)
        if report.unusable and report.error is not None:
            console.error(ExecgateError(_told(report, report.error), help=report.error.help))
        elif not machine:
            text = file_text(report, console.out_style)
            findings = bool(report.violations or report.warnings)
            console.out("\n" + text if open_findings or (reports[1:] and findings) else text)
            open_findings = findings
    console.end_progress()
    status = status_of(reports)
    if machine:
        console.out(_document(reports, options.format, status))
    elif len(reports) > 1 or options.agent is None:
        console.note(summary_text(Summary.of(reports)))
    return status


def examine(
    input_: Input, agent: str | None, policies: PolicySet | None, context: Context | None = None
) -> FileReport:
    """Return what is found in one input; every way to fail is in the report."""
    # Loaded apart from the rest: what fails here is the installation, and no file is to blame.
    importlib.import_module("execgate.analysis")
    source = None
    try:
        source = input_.source()
        if agent is not None and policies is not None:
            verdict = judge(source, agent, policies, context=context)
            return FileReport(input_.path, agent, source, verdict=verdict)
        return FileReport(input_.path, None, source, program=analyzed(source))
    except ExecgateError as error:
        return FileReport(input_.path, agent, source, error=error)
    except Exception as error:  # noqa: BLE001 - one file that defeats the analysis must not hide the others
        show_traceback(error)
        defect = ExecgateError(
            f"the analysis failed with {type(error).__name__}",
            help="this is a defect of execgate; please report it with the file",
        )
        return FileReport(input_.path, agent, source, error=defect)


def status_of(reports: Iterable[FileReport]) -> int:
    """Return the exit status: what is unusable comes first, then what is denied."""
    decisions = set()
    for report in reports:
        if report.unusable:
            return UNUSABLE
        decisions.add(report.decision)
    if Decision.DENY in decisions:
        return DENIED
    return ESCALATED if Decision.ESCALATE in decisions else ALLOWED


def _told(report: FileReport, error: ExecgateError) -> str:
    """Return the error with the path and the place in it, counted from 1 as editors do."""
    place = report.error_place
    where = report.path if place is None else f"{report.path}:{place.line}:{place.column + 1}"
    return f"{where}: {error.message}" if where else error.message


def _policies(options: argparse.Namespace, console: Console) -> PolicySet | None:
    if options.agent is None:
        if options.policy is not None:
            console.note("--policy decides nothing without --agent: the operations are listed, not judged")
        elif says_something(options):
            console.note("the context decides nothing without --agent: the operations are listed, not judged")
        return None
    # Listing operations needs no policy, and so neither the policy language nor its parser.
    from execgate.cli import policies

    found = policies.load(options.policy)
    found.agent(options.agent)
    return found


def _document(
    reports: Sequence[FileReport], format_: str, status: int, error: ExecgateError | None = None
) -> str:
    if format_ == "sarif":
        from execgate.report.sarif import sarif_document

        return dumps(sarif_document(reports, exit_code=status, error=error))
    return dumps(report_document(reports, error))
