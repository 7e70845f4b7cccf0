"""`execgate run`: the gate, then the sandbox, then a receipt."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from execgate.cli import policies
from execgate.cli.analyze import ALLOWED, DENIED, ESCALATED
from execgate.cli.console import Console
from execgate.cli.inputs import Input, read
from execgate.cli.live import Live
from execgate.cli.parser import Parser, add_format, add_home, add_policy, examples, statuses
from execgate.errors import ExecgateError, InputError, SandboxError, SourceError
from execgate.gate import Execution, Gate
from execgate.model.conversation import Conversation
from execgate.model.execution import ExecutionResult, Stop
from execgate.model.source import Source
from execgate.model.verdict import Decision
from execgate.report.json import dumps, report_document, run_document
from execgate.report.text import file_text, outcome_text, plural, size
from execgate.report.values import FileReport

NO_SANDBOX, FAILED, LIMITED, INTERRUPTED = 4, 5, 6, 130


_STREAMS = """\
The program's output goes where its own would go.  What execgate says about the run goes to
standard error, and the findings about a program that may not run to standard output."""


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("path", metavar="PATH", help="the program: a file, or - for standard input")
    parser.add_argument(
        "--agent", metavar="A", required=True, help="the agent that executes, whose policy decides"
    )
    add_policy(parser)
    add_format(parser, "text", "json")
    parser.add_argument(
        "--input",
        dest="inputs",
        action="append",
        default=[],
        metavar="PATH",
        help="a file or folder that the program finds in its working folder; may be repeated",
    )
    parser.add_argument(
        "--output-dir",
        metavar="FOLDER",
        help="where the files go that the program leaves in its working folder (default: they are dropped)",
    )
    parser.add_argument("--suggester", metavar="NAME", help="who suggested the code, for the receipt")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            _STREAMS,
            examples(
                "execgate run job.py --agent agent_analysis",
                "execgate run plot.py --agent agent_analysis --input data.csv --output-dir out/",
                "echo 'print(6 * 7)' | execgate run - --agent agent_sandbox --format json",
            ),
            statuses(
                "0    the program was allowed and ended with status 0",
                "1    denied; nothing was run",
                "2    the input or the policy is unusable; nothing was run, or its outcome could not be kept",
                "3    approval is needed; nothing was run",
                "4    the sandbox is not available, or was lost",
                "5    the program failed",
                "6    the program was stopped by a limit",
                "130  interrupted; the sandbox was removed",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Judge the program, run it if it is allowed, say how that went, and return the exit status."""
    live = Live(console) if options.format == "text" else None
    try:
        with _termination_interrupts():
            report, execution = _run(options, live, console)
    except ExecgateError as error:
        if live is None:
            console.out(dumps(report_document([], error)))
        if not isinstance(error, SandboxError):
            raise
        console.error(error)
        return NO_SANDBOX
    problem = None
    written: list[str] = []
    if options.output_dir is not None and execution.result is not None:
        from execgate.cli import files

        try:
            written = files.keep(options.output_dir, execution.result.artifacts)
        except ExecgateError as error:
            problem = error
    if live is None:
        console.out(dumps(_document(report, execution, execution.unrecorded or problem)))
    else:
        _tell(report, execution, written, options, console)
    for failure in (execution.unrecorded, problem):
        if failure is not None:
            raise failure
    if live is not None:
        live.check()
    return status_of(report.decision, execution.result)


def status_of(decision: Decision | None, result: ExecutionResult | None) -> int:
    """Return the exit status of a run."""
    if decision is Decision.ESCALATE:
        return ESCALATED
    if decision is not Decision.ALLOW or result is None:
        return DENIED
    if result.stopped_by is Stop.EXIT:
        return ALLOWED if result.exit_code == 0 else FAILED
    if result.stopped_by is Stop.CANCELLED:
        return INTERRUPTED
    return LIMITED if result.stopped_by.is_limit else NO_SANDBOX


def _run(options: argparse.Namespace, live: Live | None, console: Console) -> tuple[FileReport, Execution]:
    """Do all that can be refused before the program starts, then hand it to the gate."""
    from execgate.cli import files

    found = policies.load(options.policy)
    found.agent(options.agent)
    input_ = read(options.path)
    if input_.error is not None:
        raise InputError(f"{options.path}: {input_.error.message}", help=input_.error.help)
    handed = files.collect(options.inputs, lambda what: console.note(f"not handed in: {what}"))
    if options.output_dir is not None:
        files.keep(options.output_dir, ())
    code, defect = _code(input_)
    with Gate(found, home=options.home or None) as gate:
        try:
            execution = gate.execute(
                code,
                agent=options.agent,
                conversation=Conversation(suggester=options.suggester),
                inputs=handed,
                on_output=None if live is None else live.write,
            )
        finally:
            if live is not None:
                live.end()
    if defect is not None:
        return FileReport(options.path, options.agent, error=defect), execution
    verdict = execution.verdict
    return FileReport(options.path, options.agent, verdict.source, verdict=verdict), execution


def _code(input_: Input) -> tuple[Source | str, SourceError | None]:
    """Return what the gate is given, and why it is no source where it is none.

    What is no text goes in as a string that can't be a source either: the denial is receipted all the same.
    """
    try:
        return input_.source(), None
    except SourceError as error:
        return input_.data.decode("utf-8", "surrogateescape"), error


def _document(report: FileReport, execution: Execution, problem: ExecgateError | None) -> dict[str, Any]:
    receipts = {
        "decision": execution.decision.receipt_id,
        "outcome": None if execution.outcome is None else execution.outcome.receipt_id,
    }
    return run_document(report, execution=execution.result, receipts=receipts, error=problem)


def _tell(
    report: FileReport,
    execution: Execution,
    written: list[str],
    options: argparse.Namespace,
    console: Console,
) -> None:
    """Say in text what was decided and how the run ended."""
    result = execution.result
    if result is None:
        console.out(file_text(report, console.out_style))
        console.note(f"nothing was run; receipt {execution.decision.receipt_id}")
        return
    console.note(outcome_text(result, console.error_style))
    for name in result.rejected:
        console.note(f"not taken over: {name}")
    for path in written:
        console.note(f"wrote {path}")
    if result.artifacts and options.output_dir is None:
        total = sum(len(artifact.data) for artifact in result.artifacts)
        count = plural(len(result.artifacts), "file")
        console.note(f"the program left {count} ({size(total)}), which --output-dir would keep")
    outcome = "" if execution.outcome is None else f" and {execution.outcome.receipt_id}"
    console.note(f"receipts {execution.decision.receipt_id}{outcome}")


@contextmanager
def _termination_interrupts() -> Iterator[None]:
    """Treat a request to end like Ctrl-C while a program runs, so that its sandbox is removed."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt(128 + number)

    previous = {}
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            previous[number] = signal.signal(number, interrupt)
    except ValueError:  # Only the main thread may set handlers.
        pass
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
