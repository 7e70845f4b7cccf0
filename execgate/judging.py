"""From code to its verdict: the analysis and the policy joined.  Nothing runs, and nothing is written.

Every way to fail is a denial of its own family.  The analysis is imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from execgate.errors import ExecgateError, InputError, SourceError
from execgate.model.context import Context
from execgate.model.operation import NetworkCall, Operation
from execgate.model.source import LANGUAGES, Source, Span
from execgate.model.verdict import Reason, Verdict, Violation

if TYPE_CHECKING:
    from execgate.model.held import Held
    from execgate.model.program import Program
    from execgate.policy import PolicySet

PLAIN_PYTHON = "write it in the syntax of Python 3"
"""The help for what is no Python; verdicts are the same anywhere, so it names no version of this machine."""

BEGIN_ANEW = "begin the session anew (`Gate.end_sessions`): an earlier block does this, or left what does"
"""The help where a block is denied for those that it is judged with."""
_OF_EARLIER = Span(1, 0, 1, 0)
"""Where the analysis places what earlier blocks do: at the first character, and none of the text."""

_TLS_PORTS: Mapping[object, int] = MappingProxyType({"https": 443, "wss": 443})


def _check_types(code: object, agent: object) -> None:
    """Raise TypeError for what no code and no agent is: that is the caller's mistake, and no denial."""
    if not isinstance(code, (str, Source)):
        raise TypeError(f"code must be a str or a Source, not {type(code).__name__}")
    _check_agent(agent)


def _check_agent(agent: object) -> None:
    if not isinstance(agent, str):
        raise TypeError(f"agent must be the name of the executing agent, a str, not {type(agent).__name__}")


def judge_blocks(
    blocks: Sequence[str | Source],
    agent: str,
    policies: PolicySet,
    context: Context,
    held: Held | None = None,
) -> list[Verdict]:
    """Return the verdict on each block; one that names its file is there for those behind it.

    `held` is what the interpreter of the call's session holds, None where nothing is kept there: with it each
    block is judged together with what ran there, and with the blocks before it.  It begins anew with a block
    that may import another text of a file than was there before.
    """
    verdicts: list[Verdict] = []
    own: dict[str, Source] = {}
    loaded = {} if held is None else {file.path: file for file in held.staged}
    staged = dict(loaded)
    earlier = () if held is None else held.texts
    for block in blocks:
        verdict = judge_code(block, agent, policies, dict(staged), context, earlier=earlier)
        files = () if held is None or verdict.program is None else verdict.program.staged
        if any(loaded.get(file.path, file).digest != file.digest for file in files):
            loaded, staged, earlier = {}, dict(own), ()
            verdict = judge_code(block, agent, policies, dict(staged), context)
        verdicts.append(verdict)
        loaded.update({file.path: file for file in files})
        if isinstance(block, Source) and block.file is not None:
            own[block.file] = staged[block.file] = block
        if held is not None and verdict.source.language == "python":
            earlier = (*earlier, verdict.source)
    return verdicts


def judge_code(
    code: str | Source,
    agent: str,
    policies: PolicySet,
    staged: Mapping[str, Source] | None,
    context: Context,
    *,
    earlier: Sequence[Source] = (),
) -> Verdict:
    """Return the verdict on what may be no source at all; `staged`, `context`, `earlier` as for `judge`.

    Raises TypeError for what is neither text nor a Source, and for an agent that is no text.
    """
    _check_types(code, agent)
    try:
        source = code if isinstance(code, Source) else Source(code)
    except SourceError as error:
        return _unreadable(code, agent, error)
    return judge(source, agent, policies, staged, context, earlier=earlier)


@dataclass(frozen=True, slots=True)
class AskedTool:
    """A tool and what it is called with, before anything of it was looked at."""

    name: str
    arguments: Mapping[str, Any]
    stage: str

    def __post_init__(self) -> None:
        for what in ("name", "stage"):
            value = getattr(self, what)
            if not isinstance(value, str):
                raise TypeError(f"{what} must be a str, not {type(value).__name__}")
        if not isinstance(self.arguments, Mapping):
            raise TypeError(f"arguments must be a mapping by name, not {type(self.arguments).__name__}")


def judge_tool(call: AskedTool, agent: str, policies: PolicySet, context: Context) -> Verdict:
    """Return the verdict on a call of a tool; arguments without a JSON form are a denial."""
    from execgate.model.tool import LANGUAGE, tool_program

    _check_agent(agent)
    try:
        program = tool_program(call.name, call.arguments, stage=call.stage)
    except InputError as error:
        # What has no form to be judged in has none to be receipted in either; its name has.
        source = Source(ascii(call.name)[:1000], "<tool call>", LANGUAGE)
        return _refused(source, agent, error, Reason.ANALYSIS, "tool")
    try:
        policies.agent(agent)
    except ExecgateError as error:
        return _refused(program.source, agent, error, Reason.SYSTEM, "agent")
    return _ruled(program, agent, policies, context)


def judge(
    source: Source,
    agent: str,
    policies: PolicySet,
    staged: Mapping[str, Source] | None = None,
    context: Context | None = None,
    *,
    earlier: Sequence[Source] = (),
) -> Verdict:
    """Return the verdict on `source` for `agent`; every way to fail is a denial of its own family.

    `staged` are files of the working folder that were judged before, by name: it may import and run them.
    `context` is what else is known; what a rule needs and is missing there denies.  `earlier` are the Python
    programs whose names it finds: what they can do is judged with it.
    """
    try:
        policies.agent(agent)
    except ExecgateError as error:
        return _refused(source, agent, error, Reason.SYSTEM, "agent")
    if source.language not in LANGUAGES:
        return _refused(source, agent, _foreign(source), Reason.ANALYSIS, "language")
    try:
        program = analyzed(source, staged, earlier)
    except SourceError as error:
        return _refused(source, agent, error, Reason.ANALYSIS, "syntax")
    except Exception as error:  # noqa: BLE001 - a defect of the gate must deny, whatever it is
        return _refused(source, agent, _defect("analysis", error), Reason.SYSTEM, "gate")
    verdict = _ruled(program, agent, policies, context)
    return _of_a_session(verdict) if earlier and not verdict.allowed else verdict


def _of_a_session(verdict: Verdict) -> Verdict:
    """Return a denial that says of what earlier blocks do, or left to be done, how to be rid of it."""

    def helped(violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
        return tuple(
            replace(one, help=f"{one.help}; or {BEGIN_ANEW}" if one.help else BEGIN_ANEW)
            if one.location == _OF_EARLIER
            else one
            for one in violations
        )

    rulings = tuple(replace(ruling, violations=helped(ruling.violations)) for ruling in verdict.rulings)
    return replace(verdict, violations=helped(verdict.violations), rulings=rulings)


def permission(verdict: Verdict, policies: PolicySet, context: Context) -> Callable[[Operation], bool]:
    """Return what says whether an authorized program may do one thing more, of which everything is known.

    It is decided by the policy that gave `verdict` and in the same context, so that it is the same all the
    while that the program runs.  What is spoken with a host inside TLS can't be told from outside: there the
    method counts as it was judged, if the analysis had found a call to that very host and port.
    """

    def permits(operation: Operation) -> bool:
        from execgate.model.program import Program

        if _judged_inside(verdict, operation):
            return True
        asked = Program(verdict.source, operations=(operation,))
        return _ruled(asked, verdict.agent, policies, context).allowed

    return permits


def _judged_inside(verdict: Verdict, operation: Operation) -> bool:
    """Return whether an allowed program was found to say something through a tunnel that is asked for."""
    if (
        not isinstance(operation, NetworkCall)
        or operation.method != "connect"
        or operation.scheme not in _TLS_PORTS
        or verdict.program is None
        or not verdict.allowed
    ):
        return False
    return any(
        isinstance(found, NetworkCall)
        and found.resolved
        and found.destination == operation.destination
        and found.scheme == operation.scheme
        and (_TLS_PORTS[found.scheme] if found.port is None else found.port) == operation.port
        for found in verdict.program.operations
    )


def _ruled(program: Program, agent: str, policies: PolicySet, context: Context | None) -> Verdict:
    try:
        return policies.judge(program, agent, context)
    except Exception as error:  # noqa: BLE001 - a defect of the gate must deny, whatever it is
        return _refused(program.source, agent, _defect("policy", error), Reason.SYSTEM, "gate")


def analyzed(
    source: Source, staged: Mapping[str, Source] | None = None, earlier: Sequence[Source] = ()
) -> Program:
    """Return what `source` can do; raises SourceError, which always has a help, for what is no program."""
    from execgate.analysis import analyze

    if source.language not in LANGUAGES:
        raise _foreign(source)
    try:
        return analyze(source, staged, earlier)
    except SourceError as error:
        if error.help is not None:
            raise
        raise SourceError(error.message, line=error.line, column=error.column, help=PLAIN_PYTHON) from error


def _foreign(source: Source) -> SourceError:
    return SourceError(
        f"code in the language `{source.language}` is not run: only Python and shell can be judged",
        help="write the step in Python, or as a shell block labelled `sh` or `bash`",
    )


def _defect(room: str, error: Exception) -> ExecgateError:
    return ExecgateError(
        f"the {room} failed with {type(error).__name__}, so nothing was judged",
        help="this is a defect of execgate; please report it with the code",
    )


def _refused(source: Source, agent: str, error: ExecgateError, reason: Reason, constraint: str) -> Verdict:
    location = None
    message = error.message
    if isinstance(error, SourceError) and error.line is not None:
        column = error.column or 0
        location = Span(error.line, column, error.line, column + 1)
        if error.column is not None:
            message = f"{message} (line {error.line}, column {column})"
    # The violation has its place beside its words; the error is read alone.
    violation = Violation(constraint, error.message, reason, location=location, help=error.help)
    return Verdict(source, agent, violations=(violation,), error=message)


def _unreadable(code: str | Source, agent: str, error: SourceError) -> Verdict:
    """Deny what is no source at all; the receipt is about what can be written of it."""
    text = code.text if isinstance(code, Source) else code
    kept = text.encode("utf-8", "replace").replace(b"\0", b"?")[: 1 << 16].decode("utf-8", "ignore")
    return _refused(Source(kept), agent, error, Reason.ANALYSIS, "source")
