"""The smallest change that turns a verdict round: told only after it was tried as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from execgate.errors import PolicyError
from execgate.model.context import Context
from execgate.model.explanation import Change, Edit, Fault
from execgate.model.operation import Operation
from execgate.model.program import Program
from execgate.model.verdict import Clause, Decision, Reason, Says, Verdict
from execgate.policy.agent import DELEGATION, AgentPolicy
from execgate.policy.conditions.phases import ALLOWED_PAYMENT_PHASE
from execgate.policy.constraints import CAPABILITY_OF, CONSTRAINTS
from execgate.policy.constraints.capabilities import PAYMENT, taken_by
from execgate.policy.explain.contexts import other_context
from execgate.policy.explain.drafts import Draft
from execgate.policy.explain.search import Edits, Workshop, combined
from execgate.policy.policyset import PolicySet

MOST_OPERATIONS = 200
"""How many different operations that are denied a change is looked for."""

_MOST_HOLDING = 40


def explain(policies: PolicySet, verdict: Verdict, context: Context | None = None) -> Change:
    """Return the smallest change that was found to turn `verdict`, by one of `policies`, round.

    ALLOW is turned into DENY, all else into ALLOW.  Raises UnknownAgentError where the agent has no policy.
    """
    context = context or verdict.context or Context()
    if verdict.program is None:
        return _unreadable(verdict)
    question = _Question(policies, verdict.program, verdict.agent, context)
    if verdict.decision is Decision.ALLOW:
        return _to_deny(question, verdict)
    return _to_allow(question, verdict)


@dataclass(frozen=True, slots=True)
class _Question:
    """What was judged: a program for an agent in a context."""

    policies: PolicySet
    program: Program
    agent: str
    context: Context

    def decides(self, decision: Decision, edits: Iterable[Edit], program: Program | None = None) -> bool:
        """Return whether edits, of any agent's policy, turn the verdict into `decision`."""
        changed = list(edits)
        own = self.policies.agent(self.agent)
        concerned = {own.block: own}
        if self.context.suggester is not None:
            other = _policy_of(self, self.context.suggester)
            if other is not None:
                concerned.setdefault(other.block, other)
        drafts = [
            Draft.of(policy).apply(edit for edit in changed if edit.block == block)
            for block, policy in concerned.items()
        ]
        edited = PolicySet(policy for draft in drafts for policy in PolicySet.parse(draft.text))
        asked = self.program if program is None else program
        return edited.judge(asked, self.agent, self.context).decision is decision


def _unreadable(verdict: Verdict) -> Change:
    faults = tuple(
        Fault(violation.message, violation.location, violation.help)
        for violation in verdict.violations
        if violation.location is not None
    )
    return Change("ALLOW", faults=faults, why=None if faults else verdict.error)


# --- from ALLOW to DENY -------------------------------------------------------------------------------------


def _to_deny(question: _Question, verdict: Verdict) -> Change:
    """Return the one clause without which the program is denied."""
    held = next(edit for edit in _holding(question, verdict) if question.decides(Decision.DENY, [edit]))
    return Change("DENY", edits=(held,))


def _holding(question: _Question, verdict: Verdict) -> list[Edit]:
    """Return the clauses that permit something, the narrowest first, and the grant at last."""
    policy = question.policies.agent(question.agent)
    listed: dict[Edit, None] = {}
    for ruling in verdict.rulings:
        for opinion in ruling.opinions:
            if opinion.says is Says.PERMITS and opinion.entry is not None:
                block = _block_of(question, opinion.clause, opinion.constraint)
                edit = Edit("remove", block, opinion.constraint, (opinion.entry,), opinion.clause)
                listed.setdefault(edit)
    found = list(listed)[:_MOST_HOLDING]
    action = question.program.action
    for capability in dict.fromkeys((PAYMENT, taken_by(action))):
        grant = policy.grants.get(capability)
        if grant is not None:
            found.append(Edit("drop", policy.block, capability, (), grant.clause))
    return found


def _block_of(question: _Question, clause: Clause, constraint: str) -> str:
    """Return whose policy a clause stands in: the agent's, unless only the suggester's has it."""
    own = question.policies.agent(question.agent)
    if _has(own, constraint, clause) or question.context.suggester is None:
        return own.block
    other = _policy_of(question, question.context.suggester)
    return other.block if other is not None and _has(other, constraint, clause) else own.block


def _has(policy: AgentPolicy, constraint: str, clause: Clause) -> bool:
    listings = [grant.lists[constraint] for grant in policy.grants.values() if constraint in grant.lists]
    return any(entry.clause == clause for listing in listings for entry in listing.entries)


# --- from DENY or ESCALATE to ALLOW -------------------------------------------------------------------------


def _to_allow(question: _Question, verdict: Verdict) -> Change:
    approval = verdict.decision is Decision.ESCALATE
    faults, left = _faults(question, verdict)
    stuck, edits = _edits(question, left)
    faults += _stuck(verdict, left, stuck)
    beyond = [index for index in stuck if not _is_puzzle(verdict, index)]
    left = _without(left, stuck)
    held = not edits or question.decides(Decision.ALLOW, edits, left)
    context, reached = ((), None) if faults else _context(question, verdict)
    why = None
    if beyond or not held:
        # What permits only a part turns no verdict round.
        edits = ()
    if not (edits or context or faults or approval):
        why = "no change of the policy alone, or of the context alone, was found that permits all of it"
    instead = tuple(_instead(verdict, edits))
    return Change(
        decision="ALLOW",
        edits=_placed(question, edits),
        context=context,
        context_decision=None if reached is None else reached.value,
        faults=tuple(faults),
        approval=approval,
        instead=instead,
        why=why,
    )


def _context(question: _Question, verdict: Verdict) -> tuple[tuple[tuple[str, Any], ...], Decision | None]:
    """Return the fields that would let it pass if they were otherwise, and what they lead to."""
    denied = verdict.decision is Decision.DENY
    return other_context(question.policies, question.program, question.agent, question.context, denied=denied)


def _instead(verdict: Verdict, edits: Sequence[Edit]) -> Iterator[Fault]:
    """Yield what to write in the code, where lists are dropped for a value that is not known."""
    dropped = {edit.constraint for edit in edits if edit.verb == "drop"}
    operations = verdict.program.operations if verdict.program is not None else ()
    for ruling in verdict.rulings:
        operation = operations[ruling.operation]
        for violation in ruling.violations:
            puzzle = any(
                opinion.says is Says.UNDECIDED and opinion.constraint == violation.constraint in CONSTRAINTS
                for opinion in ruling.opinions
            )
            if violation.constraint in dropped and puzzle and violation.help is not None:
                why = "; ".join(operation.unresolved) or violation.message
                yield Fault(why, operation.location, violation.help)


def _is_puzzle(verdict: Verdict, index: int) -> bool:
    """Return whether a list can't judge an operation, as what it does is not known before it runs."""
    return any(
        opinion.says is Says.UNDECIDED and opinion.constraint in CONSTRAINTS
        for opinion in verdict.rulings[index].opinions
    )


def _faults(question: _Question, verdict: Verdict) -> tuple[list[Fault], Program]:
    """Return the gaps of the program, and the program as if it had none."""
    faults = [Fault(gap.why, gap.location, gap.help) for gap in question.program.gaps]
    faults += [
        Fault(violation.message, violation.location, violation.help)
        for violation in verdict.violations
        if violation.reason is Reason.ANALYSIS
        and violation.location is not None
        and violation.location not in [gap.location for gap in question.program.gaps]
    ]
    return faults, replace(question.program, gaps=())


def _edits(question: _Question, program: Program) -> tuple[list[int], tuple[Edit, ...]]:
    """Return the operations that no edit permits, and the edits that permit the others."""
    own = question.policies.agent(question.agent)
    stuck: list[int] = []
    edits: list[Edit] = []
    for policy, agent, role in _policies(question, own):
        lost, found = _by_one(Workshop(policy, agent, role, program, question.context))
        stuck += lost
        edits += found
    setting = _delegating(question, own)
    if setting is not None:
        edits = [*setting, *edits]
    return sorted(set(stuck)), tuple(dict.fromkeys(edits))


def _policies(question: _Question, own: AgentPolicy) -> list[tuple[AgentPolicy, str, str]]:
    """Return each policy that has a say, with the agent that it is asked for."""
    found = [(own, question.agent, "agent")]
    suggester = question.context.suggester
    if suggester is None or not own.asks(suggester):
        return found
    other = _policy_of(question, suggester)
    # Where both stand under one block, what permits it to the one permits it to the other.
    if other is None or other.block == own.block:
        return found
    return [*found, (other, suggester, "suggester")]


def _delegating(question: _Question, own: AgentPolicy) -> list[Edit] | None:
    """Return the edit that asks no suggester, where there is none that could be asked."""
    suggester = question.context.suggester
    if not own.asks(suggester):
        return None
    if suggester is not None and _policy_of(question, suggester) is not None:
        return None
    return [Edit("drop", own.block, DELEGATION)]


def _policy_of(question: _Question, agent: str) -> AgentPolicy | None:
    try:
        return question.policies.agent(agent)
    except PolicyError:
        return None


def _by_one(shop: Workshop) -> tuple[list[int], tuple[Edit, ...]]:
    """Return the operations that no edit of one policy permits, and the edits that permit all others."""
    program = shop.program
    if shop.verdict.decision is Decision.ALLOW:
        return [], ()
    if not program.operations:
        return [], tuple(Edit("grant", shop.block, one.constraint) for one in shop.verdict.violations)
    alike: dict[Operation, list[int]] = {}
    for index, operation in enumerate(program.operations):
        if shop.verdict.violations or not shop.verdict.rulings[index].permitted:
            alike.setdefault(replace(operation, location=program.operations[0].location), []).append(index)
    ways: dict[int, list[Edits]] = {}
    stuck: list[int] = []
    for number, indexes in enumerate(alike.values()):
        found = shop.ways(indexes[0]) if number < MOST_OPERATIONS else []
        if found:
            ways[indexes[0]] = found
        else:
            stuck += indexes
    return stuck, combined(ways, shop.permits)


def _without(program: Program, indexes: Sequence[int]) -> Program:
    left = tuple(one for index, one in enumerate(program.operations) if index not in set(indexes))
    return replace(program, operations=left)


def _stuck(verdict: Verdict, program: Program, indexes: Sequence[int]) -> list[Fault]:
    """Return why no edit permits some operations, each with what to write instead."""
    faults: dict[Fault, None] = {}
    for index in indexes:
        operation = program.operations[index]
        if not _is_puzzle(verdict, index):
            continue
        told = "; ".join(operation.unresolved)
        for violation in verdict.rulings[index].violations:
            more = f" ({told})" if told not in violation.message else ""
            faults.setdefault(Fault(f"{violation.message}{more}", operation.location, violation.help))
    return list(faults)


def _placed(question: _Question, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return the edits with their places in the author's text, and each limit with its whole new value."""
    placed: dict[Edit, None] = {}
    for edit in edits:
        policy = next(
            (one for one in question.policies if one.block == edit.block),
            question.policies.agent(question.agent),
        )
        values = edit.values
        if edit.verb == "set":
            whole = Draft.of(policy).apply(one for one in edits if one.block == edit.block)
            values = (whole.value(edit.constraint) or "",)
        placed.setdefault(replace(edit, values=values, clause=_place(policy, edit)))
    return tuple(placed)


def _place(policy: AgentPolicy, edit: Edit) -> Clause | None:
    for capability, grant in policy.grants.items():
        if edit.constraint == capability or (
            edit.verb == "begin" and CAPABILITY_OF.get(edit.constraint) == capability
        ):
            return grant.clause
        listing = grant.lists.get(edit.constraint)
        if listing is not None:
            entries = (entry.clause for entry in listing.entries if entry.shape.text in edit.values)
            return next(entries, listing.clause) if edit.verb == "remove" else listing.clause
        if edit.constraint in grant.clauses:
            return grant.clauses[edit.constraint]
    rules = (rule.clause for rule in policy.rules.rules if rule.constraint == edit.constraint)
    if policy.phases.payment is not None and edit.constraint == ALLOWED_PAYMENT_PHASE:
        return policy.phases.payment[1]
    return next(rules, policy.settings.clauses.get(edit.constraint, policy.clause))
