"""Cases run against the policy that they are about: what was expected, and what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from execgate.errors import UnknownAgentError
from execgate.model.context import Context
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Decision, Opinion, Says, Verdict, Violation
from execgate.policy.policyset import PolicySet
from execgate.policy.problems import clipped
from execgate.policy.testing.cases import Case, CaseFile, Expectation

JudgeCode = Callable[[Source, str, Context], Verdict]
"""What judges code: source, agent and context."""

_AGAINST = {Says.FORBIDS, Says.UNDECIDED, Says.SILENT, Says.OVERRULED}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case; `failures` says all that came otherwise than expected."""

    case: Case
    verdict: Verdict | None
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.failures


def run(file: CaseFile, policies: PolicySet, judge_code: JudgeCode) -> tuple[Outcome, ...]:
    """Return the outcome of each case of a file, in order."""
    return tuple(_run(case, file, policies, judge_code) for case in file.cases)


def _run(case: Case, file: CaseFile, policies: PolicySet, judge_code: JudgeCode) -> Outcome:
    try:
        policies.agent(case.agent)
        verdict = _verdict(case, file, policies, judge_code)
    except UnknownAgentError as error:
        help_ = f" ({error.help})" if error.help else ""
        return Outcome(case, None, (f"{error.message}{help_}",))
    return Outcome(case, verdict, tuple(_failures(case, verdict)))


def _verdict(case: Case, file: CaseFile, policies: PolicySet, judge_code: JudgeCode) -> Verdict:
    if case.source is not None:
        return judge_code(case.source, case.agent, case.context)
    program = case.tool
    if program is None:
        program = Program(Source(file.text.text, file.path), case.operations)
    return policies.judge(program, case.agent, case.context)


def _failures(case: Case, verdict: Verdict) -> Iterator[str]:
    if verdict.decision is not case.decision:
        yield f"expected {_words(case)}, got {verdict.decision.value}{_by(_deciding(verdict))}"
        return
    missing = [expected for expected in case.by if not _decides(expected, case.decision, verdict)]
    if missing:
        named = ", ".join(f"`{expected}`" for expected in missing)
        got = f"{verdict.decision.value}{_by(_deciding(verdict))}"
        yield f"expected {case.decision.value} by {named}, got {got}"
    if case.warns is not None:
        wanted = sorted({expected.constraint for expected in case.warns})
        warned = sorted({warning.constraint for warning in verdict.all_warnings})
        if wanted != warned:
            yield f"expected {_listed(wanted)} to warn, got {_listed(warned)}"


def _words(case: Case) -> str:
    by = ", ".join(f"`{expected}`" for expected in case.by)
    return case.decision.value + (f" by {by}" if by else "")


def _by(names: Iterable[str]) -> str:
    listed = ", ".join(f"`{clipped(name)}`" for name in dict.fromkeys(names))
    return f" by {listed}" if listed else ""


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{clipped(name)}`" for name in names) or "nothing"


def _deciding(verdict: Verdict) -> Iterator[str]:
    """Return the names of the clauses that made the verdict what it is."""
    if verdict.decision is Decision.ALLOW:
        for opinion in opinions(verdict):
            if opinion.says is Says.PERMITS:
                yield opinion.constraint
        return
    for violation in _decisive(verdict):
        yield violation.constraint


def _decisive(verdict: Verdict) -> list[Violation]:
    escalated = verdict.decision is Decision.ESCALATE
    return [one for one in verdict.all_violations if one.escalates is escalated]


def _decides(expected: Expectation, decision: Decision, verdict: Verdict) -> bool:
    if decision is Decision.ALLOW:
        return any(
            opinion.says is Says.PERMITS and _names(expected, opinion) for opinion in opinions(verdict)
        )
    broken = [one for one in _decisive(verdict) if one.constraint == expected.constraint]
    if not expected.entries or not broken:
        return bool(broken)
    indexes = {one.operation for one in broken}
    return any(
        opinion.says in _AGAINST and _names(expected, opinion)
        for ruling in verdict.rulings
        if ruling.operation in indexes
        for opinion in ruling.opinions
    )


def _names(expected: Expectation, opinion: Opinion) -> bool:
    return opinion.constraint == expected.constraint and (
        not expected.entries or opinion.entry in expected.entries
    )


def opinions(verdict: Verdict) -> Iterator[Opinion]:
    """Yield what every clause said of every operation."""
    for ruling in verdict.rulings:
        yield from ruling.opinions
