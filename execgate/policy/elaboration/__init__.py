"""The second pass: from the trees of all files to agents that can judge, or to every mistake in them.

`sets`         named sets, and what they come to
`settings`     what stands beside the grants
`grants`       what an agent says by itself of its capabilities
`names`        names and patterns of agents
`order`        who extends whom, parents first
`parents`      what several parents are together
`inheritance`  a child on its base, which it may only narrow
`narrowing`    whether lists permit more than others
`flat`         what comes out
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from execgate.model.limits import Limits
from execgate.model.verdict import Clause
from execgate.policy.agent import AgentPolicy
from execgate.policy.conditions import checking, phases, rules, windows
from execgate.policy.conditions.phases import Phases
from execgate.policy.conditions.rules import RuleBook
from execgate.policy.conditions.windows import Window
from execgate.policy.constraints import LIMITS, Limit
from execgate.policy.constraints.capabilities import CODE_EXECUTION
from execgate.policy.elaboration import order, settings
from execgate.policy.elaboration.flat import Flat, FlatGrant, ReadRule
from execgate.policy.elaboration.grants import OwnGrant, Reader
from execgate.policy.elaboration.inheritance import Child, OwnAgent
from execgate.policy.elaboration.names import LONGEST, Names, spelled
from execgate.policy.elaboration.narrowing import Narrowing
from execgate.policy.elaboration.parents import Parents
from execgate.policy.elaboration.sets import Sets
from execgate.policy.grant import Grant, Settings
from execgate.policy.language import syntax
from execgate.policy.language.syntax import Document, Let
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems, clipped, place, quoted, visible

_DEFAULTS = Limits()


@dataclass(frozen=True, slots=True)
class Built:
    """All that the files of a policy set say."""

    agents: tuple[AgentPolicy, ...] = ()
    """In order of the text."""
    names: Names = field(default_factory=lambda: Names(()))
    phases: Phases = phases.DEFAULT
    windows: Mapping[str, Window] = field(default_factory=dict)
    unused: tuple[Let, ...] = ()
    """The sets that nothing asks for."""


def build(texts: Iterable[PolicyText], problems: Problems) -> Built:
    """Return what all texts say together; what is wrong with them goes to `problems`."""
    parser = syntax.Parser(problems)
    known = list(texts)
    documents = [parser.parse(text) for text in known]
    if not problems.found and known and not any(document.agents for document in documents):
        problems.whole(
            known[0].file,
            "no agents: the policy is empty",
            'write `agent "name" { can "code_execution" with constraints { ... } }`',
        )
    return _Builder(documents, problems).build()


class _Builder:
    def __init__(self, documents: list[Document], problems: Problems) -> None:
        self._problems = problems
        self._documents = documents
        self._sets = Sets((let for document in documents for let in document.lets), problems)
        self._reader = Reader(self._sets, problems)
        self._windows = self._read_windows()
        self._phases = self._read_phases()
        self._names = checking.Names(self._sets, self._windows, self._phases)
        self._books: dict[tuple[int, ...], RuleBook] = {}
        self._rules = self._read_rules([rule for document in documents for rule in document.rules], None, {})

    def build(self) -> Built:
        """Return all agents, flattened."""
        own = self._own_agents()
        names = Names(agent.name for agent in own.values())
        for overlap in names.overlaps():
            self._ambiguous(own[overlap.one], own[overlap.other], overlap.example)
        narrowing = Narrowing(self._rules.values())
        flat: dict[str, Flat] = {}
        for name, above in order.parents_first(own, self._problems):
            parents = [flat[parent] for parent in above]
            base = Parents(own[name].tree, parents, narrowing, self._problems).base() if parents else None
            flat[name] = Child(own[name], base, narrowing, self._problems).flat()
        return Built(
            tuple(self._policy(own[name], flat[name]) for name in own),
            names,
            self._phases,
            self._windows,
            self._sets.unused,
        )

    def _own_agents(self) -> dict[str, OwnAgent]:
        found: dict[str, OwnAgent] = {}
        for tree in (tree for document in self._documents for tree in document.agents):
            self._check_name(tree)
            said, trees = settings.read(tree.settings, self._problems)
            grants = self._reader.grants(tree.grants)
            rules = self._own_rules(tree, grants)
            name = spelled(tree.name.text)
            if tree.name.kind == syntax.MISSING:
                continue
            earlier = found.setdefault(name, OwnAgent(name, tree, said, trees, grants, rules))
            if earlier.tree is not tree:
                self._problems.at(
                    tree.name.clause,
                    f"agent `{clipped(name)}` a second time",
                    f"{_first(earlier.tree.clause)}; join the two, or rename one",
                )
        return found

    def _check_name(self, tree: syntax.Agent) -> None:
        name, clause = tree.name.text, tree.name.clause
        if not name.strip() and tree.name.kind != syntax.MISSING:
            self._problems.at(
                clause, "an agent without a name", "write the name that the agent has in AutoGen"
            )
        elif len(name) > LONGEST:
            self._problems.at(clause, f"an agent's name has at most {LONGEST} characters")
        elif visible(name) != name:
            shown = clipped(quoted(name))
            self._problems.at(clause, f"an agent's name with a character that does not show: {shown}")

    def _own_rules(self, tree: syntax.Agent, grants: Mapping[str, OwnGrant]) -> Mapping[str, ReadRule]:
        found = self._read_rules(tree.rules, None, {})
        for capability, grant in grants.items():
            found = self._read_rules(grant.tree.rules, capability, found)
        for name, rule in found.items():
            if name in self._rules:
                self._problems.at(
                    rule.tree.clause,
                    f"rule `{clipped(name)}` is for every agent already",
                    f"{_first(self._rules[name].tree.clause)}; rename one of the two",
                )
        return found

    def _read_rules(
        self, trees: Iterable[syntax.Rule], capability: str | None, earlier: Mapping[str, ReadRule]
    ) -> dict[str, ReadRule]:
        """Return rules by name, behind those of the same agent that were read before."""
        found = dict(earlier)
        for tree in trees:
            name = tree.name.text
            if name in found:
                self._problems.at(
                    tree.clause,
                    f"rule `{clipped(name)}` a second time",
                    f"{_first(found[name].tree.clause)}; rename one of the two",
                )
                continue
            settings.reason(tree.reason, self._problems)
            rule = rules.read(tree, self._names, capability, self._reader.constraints, self._problems)
            found[name] = ReadRule(tree, rule)
        return found

    def _read_windows(self) -> dict[str, Window]:
        found: dict[str, Window] = {}
        seen: dict[str, syntax.Window] = {}
        for tree in (tree for document in self._documents for tree in document.windows):
            name = tree.name.text
            window = windows.read(tree, self._sets, self._problems)
            if name in seen:
                self._problems.at(
                    tree.clause,
                    f"window `{clipped(name)}` a second time",
                    f"{_first(seen[name].clause)}; rename one of the two",
                )
            elif name in self._sets:
                self._problems.at(tree.clause, f"`{clipped(name)}` is a set already", "rename one of the two")
            seen.setdefault(name, tree)
            if window is not None:
                found.setdefault(name, window)
        return found

    def _read_phases(self) -> Phases:
        trees = [tree for document in self._documents for tree in document.phases]
        for tree in trees[1:]:
            self._problems.at(
                tree.clause, "`phases` a second time", f"{_first(trees[0].clause)}; join the two"
            )
        read = [phases.read(tree, self._problems) for tree in trees]
        return read[0] if read else phases.DEFAULT

    def _ambiguous(self, one: OwnAgent, other: OwnAgent, example: str | None) -> None:
        names = f"`{clipped(one.name)}` and `{clipped(other.name)}`"
        message, help_ = f"two patterns for one agent: {names}", "make one more specific, or name the agent"
        if example is not None:
            message = f"two patterns for one agent: {names} both match `{clipped(example)}`"
            help_ = f"{help_}, as in `agent {clipped(quoted(example))} {{ ... }}`"
        later = max(one, other, key=lambda each: (each.tree.clause.file, each.tree.clause.span.line))
        self._problems.at(later.tree.name.clause, message, help_)

    def _policy(self, own: OwnAgent, flat: Flat) -> AgentPolicy:
        code = flat.grants.get(CODE_EXECUTION)
        limits = _limits(code.limits) if code is not None else _DEFAULTS
        said = own.settings
        clauses = dict(said.clauses)
        if flat.delegation_clause is not None:
            clauses["delegation"] = flat.delegation_clause
        return AgentPolicy(
            flat.name,
            flat.clause,
            limits,
            {name: _grant(name, grant, limits) for name, grant in flat.grants.items()},
            Settings(said.version, said.description, flat.delegation, flat.delegation_reason, clauses),
            flat.overrides,
            self._book(flat),
            self._phases,
        )

    def _book(self, flat: Flat) -> RuleBook:
        """Return the rules of an agent, the same for all that have the same."""
        read = [each.rule for each in (*self._rules.values(), *flat.rules.values()) if each.rule is not None]
        key = tuple(map(id, read))
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = RuleBook(read)
        return book


def _first(clause: Clause) -> str:
    return f"the first is at {place(clause)}"


def _limits(given: Mapping[str, Limit]) -> Limits:
    fields: dict[str, int | float | None] = {}
    for constraint in LIMITS:
        if constraint.name in given and constraint.field is not None:
            amount = given[constraint.name].value
            whole = getattr(constraint.quantity, "whole", False)
            fields[constraint.field] = None if amount is None else int(amount) if whole else float(amount)
    # Which field takes which is in LIMITS.
    return Limits(**fields, stated=frozenset(fields))  # type: ignore[arg-type]  # each field is read by its own quantity


def _grant(capability: str, flat: FlatGrant, limits: Limits) -> Grant:
    texts = {name: limit.text for name, limit in flat.limits.items()}
    for constraint in LIMITS if capability == CODE_EXECUTION else ():
        held = settings.default(constraint, limits)
        if held is not None:
            texts.setdefault(constraint.name, constraint.show(held))
    return Grant(
        flat.clause,
        flat.lists,
        texts,
        {name: limit.value for name, limit in flat.limits.items()},
        {name: limit.clause for name, limit in flat.limits.items()},
        flat.reasons,
    )
