"""The policies that belong together, as an editor has them: saved or not."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from execgate.errors import PolicyError
from execgate.policy.agent import AgentPolicy
from execgate.policy.conditions import phases
from execgate.policy.findings import Checked, find
from execgate.policy.language import syntax, text
from execgate.policy.language.syntax import Document
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problem, Problems


@dataclass(frozen=True)
class Folder:
    """The texts of one policy set by the names of their files."""

    files: Mapping[str, str]

    @functools.cached_property
    def _read(self) -> tuple[tuple[PolicyText, ...], tuple[Problem, ...]]:
        problems = Problems()
        try:
            found = [text.check(source, file, problems) for file, source in self.files.items()]
        except PolicyError:
            found = []
        return tuple(one for one in found if one is not None), tuple(problems.found)

    @functools.cached_property
    def _checked(self) -> Checked:
        return find(self._read[0])

    @functools.cached_property
    def documents(self) -> Mapping[str, Document]:
        """What each file says, as far as it can be read; mistakes are left out."""
        parser = syntax.Parser(Problems())
        return {one.file: _document(parser, one) for one in self._read[0]}

    def problems(self) -> Mapping[str, list[Problem]]:
        """Return what there is to say of each file, of those too that are fine."""
        found: dict[str, list[Problem]] = {file: [] for file in self.files}
        # Where a text can't be read, what the others mean is not known.
        for problem in self._read[1] or self._checked.findings:
            found.setdefault(problem.file, []).append(problem)
        return found

    def policy(self, name: str) -> AgentPolicy | None:
        """Return the policy under a name or pattern, flattened; None where the folder does not load."""
        policies = None if self._read[1] else self._checked.policies
        return next((one for one in policies or () if one.block == name), None)

    @functools.cached_property
    def agents(self) -> tuple[str, ...]:
        """The names and patterns of all agents."""
        return tuple(
            dict.fromkeys(
                agent.name.text for document in self.documents.values() for agent in document.agents
            )
        )

    @functools.cached_property
    def sets(self) -> Mapping[str, syntax.Let]:
        """The sets by their names."""
        return {one.name.text: one for document in self.documents.values() for one in document.lets}

    @functools.cached_property
    def windows(self) -> Mapping[str, syntax.Window]:
        """The windows of time by their names."""
        return {one.name.text: one for document in self.documents.values() for one in document.windows}

    @functools.cached_property
    def phases(self) -> tuple[str, ...]:
        """The names of all phases."""
        own = [
            setting.name
            for document in self.documents.values()
            for block in document.phases
            for setting in block.settings
            if setting.name != phases.ALLOWED_PAYMENT_PHASE
        ]
        return tuple(dict.fromkeys(own)) or phases.USUAL


def _document(parser: syntax.Parser, one: PolicyText) -> Document:
    try:
        return parser.parse(one)
    except PolicyError:
        # There are too many mistakes to go on.
        return Document()
