"""`execgate policy explain`: what every clause said, and what would turn the verdict round."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from execgate.cli import policies
from execgate.cli.analyze import examine
from execgate.cli.console import Console
from execgate.cli.context import add_context, context_of, json_object
from execgate.cli.inputs import STDIN, read
from execgate.cli.parser import Parser, UsageError, add_format, add_language, add_policy, examples, statuses
from execgate.errors import ExecgateError, SourceError
from execgate.model.tool import tool_program
from execgate.model.verdict import Decision
from execgate.model.vocabulary import TOOL_STAGES
from execgate.report.explain import explanation_document, explanation_text
from execgate.report.json import dumps, error_document

if TYPE_CHECKING:
    from execgate.model.explanation import Change
    from execgate.model.program import Program
    from execgate.report.values import FileReport

ALLOWED, NOT_ALLOWED = 0, 1


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("path", metavar="FILE", nargs="?", help="the program: a file, or -")
    parser.add_argument("--tool", metavar="NAME", help="instead of a program, the tool that is called")
    parser.add_argument("--arguments", metavar="JSON", help="the tool's arguments by name (default: none)")
    parser.add_argument(
        "--stage", choices=TOOL_STAGES, help="whether the call is proposed or executed (default: execute)"
    )
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
                'execgate policy explain --tool send --arguments \'{"to": "a@x.com"}\' --agent clerk',
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


def _call(options: argparse.Namespace) -> Program | None:
    """Return the call of a tool that is asked for, None for a program; raises UsageError."""
    if options.tool is None:
        if options.path is None:
            raise UsageError("there is nothing to explain", help="name a program, or a tool with --tool")
        given = [name for name in ("arguments", "stage") if getattr(options, name) is not None]
        if given:
            raise UsageError(f"--{given[0]} is of a tool", help="name the tool with --tool")
        return None
    if options.path is not None:
        raise UsageError("a program and a tool", help="leave out FILE, or --tool")
    try:
        arguments = json_object(options.arguments or "{}")
    except ValueError as error:
        raise UsageError(
            f"--arguments: {error}", help="""write an object, as in --arguments '{"to": "a@x.com"}'"""
        ) from error
    return tool_program(options.tool, arguments, stage=options.stage or TOOL_STAGES[-1])


def _explained(options: argparse.Namespace) -> tuple[FileReport, Change | None]:
    from execgate.policy.explain import explain
    from execgate.report.values import FileReport

    call = _call(options)
    context = context_of(options)
    loaded = policies.load(options.policy)
    loaded.agent(options.agent)
    if call is not None:
        judged = loaded.judge(call, options.agent, context)
        report = FileReport(f"tool {options.tool}", options.agent, call.source, verdict=judged)
        return report, explain(loaded, judged, context)
    input_ = replace(read(options.path), language=options.language)
    report = examine(input_, options.agent, loaded, context)
    if report.error is not None:
        if not isinstance(report.error, SourceError):
            name = "<stdin>" if options.path == STDIN else options.path
            raise ExecgateError(f"{name}: {report.error.message}", help=report.error.help)
        raise report.error
    verdict = report.verdict
    return report, None if verdict is None else explain(loaded, verdict, context)
