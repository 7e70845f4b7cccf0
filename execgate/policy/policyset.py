"""The agents of one policy file, or of a folder of them."""

from __future__ import annotations

import contextlib
import gc
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from execgate.errors import UnknownAgentError
from execgate.model.context import Context
from execgate.model.program import Program
from execgate.model.verdict import Verdict
from execgate.policy import delegation
from execgate.policy.agent import NOTHING_KNOWN, AgentPolicy
from execgate.policy.conditions.phases import Phases
from execgate.policy.conditions.windows import Window
from execgate.policy.elaboration import Built, build
from execgate.policy.elaboration.names import Names
from execgate.policy.language import text as texts
from execgate.policy.language.syntax import Let
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems, clipped, did_you_mean

_MOST_NAMES = 20
_MOST_COMPARED = 500


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Keep the garbage collector from looking again and again at what is being made, and nearly all stays.

    That is a third of the time that a large policy takes to load.  How much can pile up is bounded by how
    much policy is read.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class PolicySet:
    """Agents by name.  It is loaded whole or not at all."""

    __slots__ = ("_agents", "_built")

    def __init__(self, agents: Iterable[AgentPolicy], built: Built | None = None) -> None:
        """Make a set of agents; `built` is what else their files say."""
        self._agents = {agent.block: agent for agent in agents}
        self._built = built or Built(tuple(self._agents.values()), Names(self._agents))

    @classmethod
    def load(cls, path: Path) -> PolicySet:
        """Return the agents of a policy file, or of all `*.policy` files of a folder.

        Raises PolicyError with every mistake of every file.
        """
        problems = Problems()
        return cls._build(texts.read(Path(path), problems), problems)

    @classmethod
    def decode(cls, files: Iterable[tuple[str, bytes]]) -> PolicySet:
        """Return the agents of files that were read already, each with the name that people know it by.

        Raises PolicyError as `load` does.
        """
        problems = Problems()
        texts_ = [texts.decode(data, name, problems) for name, data in files]
        return cls._build([text for text in texts_ if text is not None], problems)

    @classmethod
    def parse(cls, text: str, file: str = "<policy>") -> PolicySet:
        """Return the agents of one text, which people know as `file`; raises PolicyError."""
        problems = Problems()
        policy = texts.check(text, file, problems)
        return cls._build([policy] if policy is not None else [], problems)

    @classmethod
    def _build(cls, policies: list[PolicyText], problems: Problems) -> PolicySet:
        with _without_collections():
            built = build(policies, problems)
            problems.raise_if_any()
            return cls(built.agents, built)

    def __iter__(self) -> Iterator[AgentPolicy]:
        """Iterate over the policies, each under its name or pattern, in order of the text."""
        return iter(self._agents.values())

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents' names and patterns, in order of the text."""
        return tuple(self._agents)

    @property
    def phases(self) -> Phases:
        """The phases of a conversation, the usual ones where the policies declare none."""
        return self._built.phases

    @property
    def windows(self) -> Mapping[str, Window]:
        """The windows of time by name."""
        return self._built.windows

    @property
    def unused(self) -> tuple[Let, ...]:
        """The named sets that no list and no condition asks for."""
        return self._built.unused

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of all policies together: it changes where any of them does."""
        lines = sorted(f"{policy.digest} {policy.block}\n" for policy in self)
        return "sha256:" + hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()

    def judge(self, program: Program, agent: str, context: Context | None = None) -> Verdict:
        """Return the verdict on what `agent` would execute, by its policy and in `context`.

        Where the policy says `delegation: intersect`, it has to be allowed to `context.suggester` too.
        Raises UnknownAgentError where the agent has no policy; a suggester without one is a denial.
        """
        context = context or NOTHING_KNOWN
        policy = self.agent(agent)
        verdict = policy.alone(program, context)
        name = context.suggester
        if not policy.asks(name):
            return verdict
        if name is None or not name.strip():
            why = "whoever suggested it is not known"
            return policy.undelegated(verdict, why, delegation.HOW_TO_TELL)
        try:
            suggester = self.agent(name).named(name, "suggester")
        except UnknownAgentError as error:
            return policy.undelegated(verdict, f"{error.message}, who suggested it", error.help)
        return delegation.intersection(verdict, suggester.alone(program, context), suggester)

    def agent(self, name: str) -> AgentPolicy:
        """Return the policy of the agent `name`; raises UnknownAgentError that names those there are.

        An agent's own name wins over patterns, and of those the most specific does.
        """
        policy = self._agents.get(name)
        if policy is not None:
            return policy
        block = self._built.names.find(name)
        if block is not None:
            return self._agents[block].named(name)
        known = [clipped(agent) for agent in self._agents]
        close = did_you_mean(name, known[:_MOST_COMPARED])
        more = f" and {len(known) - _MOST_NAMES:,} more" if len(known) > _MOST_NAMES else ""
        raise UnknownAgentError(
            f"no policy for agent `{clipped(name)}`; there are: {', '.join(known[:_MOST_NAMES])}{more}",
            help=f"did you mean `{close}`?" if close else "name an agent that there is, or add one",
        )
