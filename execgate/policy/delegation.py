"""`delegation: intersect`: what an agent executes has to be allowed to the suggester too.

So that nobody reaches through a conversation what the own policy denies.
"""

from __future__ import annotations

import dataclasses

from execgate.model.verdict import Opinion, Reason, Ruling, Verdict
from execgate.policy.agent import AgentPolicy

HOW_TO_TELL = 'pass it: `--suggester NAME`, or `Context(suggester="NAME")`'


def intersection(verdict: Verdict, other: Verdict, suggester: AgentPolicy) -> Verdict:
    """Return `verdict` with all that stands against it by the suggester's policy; the limits stay.

    What both say of the code itself (a gap) is said once.
    """
    rulings = tuple(
        Ruling(
            mine.operation,
            mine.evidence if theirs.evidence or theirs.violations else (),
            mine.violations + theirs.violations,
            mine.warnings + theirs.warnings,
            mine.opinions + tuple(_said(suggester, opinion) for opinion in theirs.opinions),
        )
        for mine, theirs in zip(verdict.rulings, other.rulings, strict=True)
    )
    general = [violation for violation in other.violations if violation.reason is Reason.POLICY]
    return dataclasses.replace(
        verdict,
        rulings=rulings,
        violations=verdict.violations + tuple(general),
        warnings=verdict.warnings + other.warnings,
        suggester_policy_digest=suggester.digest,
        suggester_policy_text=suggester.canonical,
    )


def _said(suggester: AgentPolicy, opinion: Opinion) -> Opinion:
    told = suggester.who if opinion.why is None else f"{suggester.who}: {opinion.why}"
    return dataclasses.replace(opinion, why=told)
