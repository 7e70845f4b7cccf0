"""`execgate policy explain`: what every clause said, and what would turn the verdict round."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from execgate.cli import policies
from execgate.cli.analyze import examine
from execgate.cli.console import Console
from execgate.cli.context import add_context, context_of
from execgate.cli.inputs import STDIN, read
from execgate.cli.parser import Parser, add_format, add_language, add_policy, examples, statuses
from execgate.errors import ExecgateError, SourceError
from execgate.model.verdict import Decision
from execgate.report.explain import explanation_document, explanation_text
from execgate.report.json import dumps, error_document

if TYPE_CHECKING:
    from execgate.model.explanation import Change
    from execgate.report.values import FileReport

ALLOWED, NOT_ALLOWED = 0, 1


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("path", metavar="FILE", help="the program: a file, or -")
    parser.add_argument("--agent", metavar="A", required=True, help="the agent that executes")
    add_policy(parser)
    add_context(parser)
    add_language(parser)
    parser.add_argument(
        "--all",
        action="store_true",
        help="show every operation whole (default: what is not permitted; the rest has a line each)",
    )
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate policy explain job.py --agent agent_analysis",
                "execgate policy explain pay.py --agent billing --phase EXPLORE --policy policies/",
                "execgate policy explain - --agent agent_analysis --format json < job.py",
            ),
            statuses(
                "0  the program is allowed",
                "1  it is denied, or needs approval",
                "2  the input or the policy is unusable",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Judge the program, print why, and return the exit status."""
    try:
        report, change = _explained(options)
    except ExecgateError as error:
        if options.format == "json":
            console.out(dumps({"results": [], "error": error_document(error)}))
        raise
    if options.format == "json":
        console.out(dumps({"results": [explanation_document(report, change)], "error": None}))
    else:
        console.out(explanation_text(report, change, all_=options.all, style=console.out_style))
    return ALLOWED if report.decision is Decision.ALLOW else NOT_ALLOWED


def _explained(options: argparse.Namespace) -> tuple[FileReport, Change | None]:
    from execgate.policy.explain import explain

    context = context_of(options)
    loaded = policies.load(options.policy)
    loaded.agent(options.agent)
    input_ = replace(read(options.path), language=options.language)
    report = examine(input_, options.agent, loaded, context)
    if report.error is not None:
        if not isinstance(report.error, SourceError):
            name = "<stdin>" if options.path == STDIN else options.path
            raise ExecgateError(f"{name}: {report.error.message}", help=report.error.help)
        raise report.error
    verdict = report.verdict
    return report, None if verdict is None else explain(loaded, verdict, context)
