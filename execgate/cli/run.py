"""`execgate run`: the gate, then the sandbox, then a receipt."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

from execgate.calls import Execution, NotRunError
from execgate.cli import policies
from execgate.cli.analyze import ALLOWED, DENIED, ESCALATED
from execgate.cli.console import Console
from execgate.cli.context import add_context, context_of
from execgate.cli.inputs import STDIN, Input, read
from execgate.cli.live import Live
from execgate.cli.parser import Parser, add_format, add_home, add_language, add_policy, examples, statuses
from execgate.cli.receipts import home_of, make_store
from execgate.errors import ExecgateError, InputError, SourceError
from execgate.gate import Gate
from execgate.model.execution import ExecutionResult, Stop
from execgate.model.source import Source
from execgate.model.verdict import Decision
from execgate.report.json import dumps, report_document, run_document
from execgate.report.text import file_text, outcome_text, plural, size, surprise_lines
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
    add_language(parser)
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
    parser.add_argument(
        "--sandbox",
        choices=("auto", "docker", "bubblewrap"),
        help="where it runs: auto takes Docker if its engine answers, else bubblewrap if that works, else "
        "refuses (default: $EXECGATE_SANDBOX, else auto)",
    )
    add_context(parser)
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


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a command ended that came as far as a decision; `problem` is what did not work about it."""

    report: FileReport
    execution: Execution
    written: tuple[str, ...] = ()
    problem: ExecgateError | None = None


def execute(options: argparse.Namespace, console: Console) -> int:
    """Judge the program, run it if it is allowed, say how that went, and return the exit status."""
    live = Live(console) if options.format == "text" else None
    try:
        with _termination_interrupts():
            ended = _run(options, live, console)
    except ExecgateError as error:
        if live is None:
            console.out(dumps(report_document([], error)))
        raise
    execution, problem = ended.execution, ended.problem
    if live is None:
        console.out(dumps(_document(ended)))
    if isinstance(problem, NotRunError):
        console.error(problem)
        if live is not None:
            _name_receipts(execution, console)
        return NO_SANDBOX
    if live is not None:
        _tell(ended, options, console)
    for failure in (execution.unrecorded, problem):
        if failure is not None:
            raise failure
    if live is not None:
        live.check()
    return status_of(ended.report.decision, execution.result)


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


def _run(options: argparse.Namespace, live: Live | None, console: Console) -> _Ended:
    """Do all that can be refused before the program starts, hand it to the gate, and keep what it leaves."""
    from execgate.cli import files

    context = context_of(options)
    policy_path = policies.find(options.policy)
    found = policies.load(options.policy)
    found.agent(options.agent)
    code, defect = _code(replace(_read_program(options.path), language=options.language))
    problem: ExecgateError | None = None
    written: Sequence[str] = ()
    with Gate(
        found, home=home_of(options), policy_path=policy_path, sandbox=options.sandbox, ahead=False
    ) as gate:
        # Without --policy the next start looks in the working folder, so that place is reserved as well.
        local = Path(policies.LOCAL).absolute()
        reserved = replace(gate.reserved, policies=(*gate.reserved.policies, local))
        handed = files.collect(options.inputs, reserved, lambda what: console.note(f"not handed in: {what}"))
        if options.output_dir is not None:
            files.keep(options.output_dir, (), reserved)
        make_store(gate)
        try:
            execution = gate.execute(
                code,
                agent=options.agent,
                context=context,
                inputs=handed,
                on_output=None if live is None else live.write,
            )
        except NotRunError as error:
            execution, problem = error.execution, error
        finally:
            if live is not None:
                live.end()
    if options.output_dir is not None and execution.result is not None:
        try:
            written, unwritten = files.keep(options.output_dir, execution.result.artifacts, reserved)
        except InputError as error:
            unwritten = error
        problem = problem or unwritten
    verdict = execution.verdict
    report = (
        FileReport(options.path, options.agent, verdict.source, verdict=verdict)
        if defect is None
        else FileReport(options.path, options.agent, error=defect)
    )
    return _Ended(report, execution, tuple(written), problem)


def _read_program(path: str) -> Input:
    """Return the one program; raises InputError for all else."""
    if path != STDIN and os.path.isdir(path):  # noqa: PTH112 - the path stays as it was written
        raise InputError(
            f"{path}: a folder, not a file",
            help="name one program, or `-` for standard input; `execgate analyze` takes folders",
        )
    found = read(path)
    if found.error is not None:
        raise InputError(
            f"{path}: {found.error.message}" if path else found.error.message, help=found.error.help
        )
    return found


def _code(input_: Input) -> tuple[Source | str, SourceError | None]:
    """Return what the gate is given, and why it is no source where it is none.

    What is no text goes in as a string that can't be a source either: the denial is receipted all the same.
    """
    try:
        return input_.source(), None
    except SourceError as error:
        return input_.data.decode("utf-8", "surrogateescape"), error


def _document(ended: _Ended) -> dict[str, Any]:
    execution = ended.execution
    receipts = {
        "decision": execution.decision.receipt_id,
        "outcome": None if execution.outcome is None else execution.outcome.receipt_id,
    }
    return run_document(
        ended.report,
        execution=execution.result,
        receipts=receipts,
        error=execution.unrecorded or ended.problem,
    )


def _tell(ended: _Ended, options: argparse.Namespace, console: Console) -> None:
    """Say in text what was decided and how the run ended."""
    result = ended.execution.result
    if result is None:
        console.out(file_text(ended.report, console.out_style))
        console.note(f"nothing was run; receipt {ended.execution.decision.receipt_id}")
        return
    console.note(outcome_text(result, console.error_style))
    for line in surprise_lines(result, console.error_style):
        console.note(line)
    for name in result.rejected:
        console.note(f"not taken over: {name}")
    for path in ended.written:
        console.note(f"wrote {path}")
    if result.artifacts and options.output_dir is None:
        total = sum(len(artifact.data) for artifact in result.artifacts)
        count = plural(len(result.artifacts), "file")
        console.note(f"the program left {count} ({size(total)}), which --output-dir would keep")
    _name_receipts(ended.execution, console)


def _name_receipts(execution: Execution, console: Console) -> None:
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
