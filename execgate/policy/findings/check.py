"""All that is to be said of a policy file or folder, in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from execgate.errors import PolicyError
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT
from execgate.policy.findings import amounts, documents, folders, lists
from execgate.policy.findings.notebook import Notebook
from execgate.policy.language import syntax, text
from execgate.policy.language.text import PolicyText
from execgate.policy.policyset import PolicySet
from execgate.policy.problems import Problem, Problems, order
from execgate.policy.search.space import Budget


@dataclass(frozen=True, slots=True)
class Checked:
    """The policies where they load, and what was found, by file and line.

    `error` is what loading them raises, None where they load.
    """

    policies: PolicySet | None
    findings: tuple[Problem, ...]
    error: PolicyError | None = None

    @property
    def rendered(self) -> str:
        """Return every finding with its line, a caret and the help."""
        if self.error is not None:
            return self.error.rendered
        return "\n\n".join(finding.render() for finding in self.findings)


def check(path: Path) -> Checked:
    """Return what there is to say of a policy file, or a folder of `*.policy` files."""
    problems = Problems()
    try:
        texts = text.read(path, problems)
        problems.raise_if_any()
        return find(texts)
    except PolicyError as error:
        return Checked(None, error.problems, error)


def find(texts: Iterable[PolicyText]) -> Checked:
    """Return what there is to say of policies that were read already."""
    read = list(texts)
    try:
        policies = PolicySet.decode((one.file, one.text.encode("utf-8")) for one in read)
    except PolicyError as error:
        return Checked(None, error.problems, error)
    notebook, budget = Notebook(), Budget()
    for agent in policies:
        for capability, grant in agent.grants.items():
            lists.look(grant.lists, notebook, budget)
            if capability == PAYMENT:
                amounts.look(agent, grant, notebook)
            if capability == CODE_EXECUTION:
                folders.look(grant, notebook)
    parser = syntax.Parser(Problems())
    found = [*notebook.problems(), *documents.look([parser.parse(one) for one in read])]
    return Checked(policies, tuple(sorted(found, key=order)))
