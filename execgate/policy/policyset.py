"""The agents of one policy file, or of a folder of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from execgate.errors import UnknownAgentError
from execgate.model.context import Context
from execgate.model.program import Program
from execgate.model.verdict import Verdict
from execgate.policy import validate
from execgate.policy.agent import AgentPolicy
from execgate.policy.language import text as texts
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems, clipped, did_you_mean

_MOST_NAMES = 20


class PolicySet:
    """Agents by name.  It is loaded whole or not at all."""

    __slots__ = ("_agents",)

    def __init__(self, agents: Iterable[AgentPolicy]) -> None:
        self._agents = {agent.name: agent for agent in agents}

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
        agents = validate.agents(policies, problems)
        problems.raise_if_any()
        return cls(agents)

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents' names, in order of the text."""
        return tuple(self._agents)

    def agent(self, name: str) -> AgentPolicy:
        """Return the policy of the agent `name`; raises UnknownAgentError that names those there are."""
        policy = self._agents.get(name)
        if policy is None:
            known = [clipped(agent) for agent in self._agents]
            close = did_you_mean(name, known)
            more = f" and {len(known) - _MOST_NAMES:,} more" if len(known) > _MOST_NAMES else ""
            raise UnknownAgentError(
                f"no policy for agent `{clipped(name)}`; there are: {', '.join(known[:_MOST_NAMES])}{more}",
                help=f"did you mean `{close}`?" if close else "name an agent that there is, or add one",
            )
        return policy

    def judge(self, program: Program, agent: str, context: Context | None = None) -> Verdict:
        """Return the verdict on `program` for the executing agent `agent`, in the state that `context` tells.

        Raises UnknownAgentError.
        """
        return replace(self.agent(agent).judge(program), context=context)
