"""`execgate policy diff`: what a new policy permits that the old one does not, and the other way round."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, examples, statuses
from execgate.errors import ExecgateError, PolicyError
from execgate.report.escape import Style, visible
from execgate.report.json import dumps, error_document
from execgate.report.opinions import place
from execgate.report.text import MAX_MESSAGE, plural
from execgate.report.wording import describe

if TYPE_CHECKING:
    from execgate.policy import PolicySet
    from execgate.policy.compare.changes import AgentChanges, Case, Change, Comparison

_METHOD = """\
Each difference comes with a shortest example, which both policies were asked about: the one
permits it, the other does not."""

FINE, PERMITS_MORE, UNUSABLE = 0, 1, 2


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("old", metavar="OLD", help="a policy file, or a folder of *.policy files")
    parser.add_argument("new", metavar="NEW", help="the same, as it is to become")
    parser.add_argument("--agent", metavar="A", help="compare only what this agent may do")
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            _METHOD,
            examples(
                "execgate policy diff policies/ proposed/",
                "execgate policy diff old.policy new.policy --agent analyst",
                "execgate policy diff old.policy new.policy --format json",
                "git worktree add ../before main   the old version, from git; then",
                "execgate policy diff ../before/policies policies",
            ),
            statuses(
                "0  nothing is newly permitted, whatever is newly denied",
                "1  something is newly permitted, or it could not be ruled out",
                "2  a policy can't be used, or neither has such an agent",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Compare, print what differs, and return the exit status."""
    from execgate.policy.compare import agents

    try:
        old, new = (_load(path) for path in (options.old, options.new))
        comparison = agents.compare(old, new, options.agent)
    except ExecgateError as error:
        if options.format != "json":
            raise
        console.out(dumps(_document(options, None, error)))
        return UNUSABLE
    if options.format == "json":
        console.out(dumps(_document(options, comparison, None)))
    else:
        console.out("".join(f"{line}\n" for line in _lines(comparison, console.out_style)))
    return PERMITS_MORE if comparison.permits_more else FINE


def _load(path: str) -> PolicySet:
    from execgate.policy import PolicySet

    if not path:
        raise PolicyError(
            "an empty path names no policy", help="name a policy file, or a folder of *.policy files"
        )
    return PolicySet.load(Path(path))


def _document(
    options: argparse.Namespace, comparison: Comparison | None, error: ExecgateError | None
) -> dict[str, object]:
    agents = () if comparison is None else comparison.agents
    return {
        "old": options.old,
        "new": options.new,
        "agents": [agent.to_json() for agent in agents],
        "summary": {
            "agents": 0 if comparison is None else comparison.compared,
            "changed": len(agents),
            "newly_permitted": sum(len(agent.permitted) for agent in agents),
            "newly_denied": sum(len(agent.denied) for agent in agents),
            "not_compared": sum(len(agent.unfinished) for agent in agents),
        },
        "error": error_document(error),
    }


def _lines(comparison: Comparison, style: Style) -> Iterator[str]:
    for agent in comparison.agents:
        yield _head(agent, style)
        for label, role, changes in (
            ("newly permitted", "deny", agent.permitted),
            ("newly denied", "allow", agent.denied),
        ):
            if changes:
                yield f"  {style.paint(label, role)}"
                for change in changes:
                    yield from _change(change, style)
        for name in agent.unfinished:
            yield f"  {style.paint('could not be compared', 'deny')}"
            yield f"    {name}: its entries are too intricate; what it newly permits is not all known"
        yield ""
    yield _summary(comparison, style)


def _head(agent: AgentChanges, style: Style) -> str:
    name = f"agent `{visible(agent.agent, style)}`"
    if agent.block != agent.agent:
        name += f", of `{visible(agent.block, style)}`"
    news = {(False, True): ": new", (True, False): ": gone"}.get(agent.there, "")
    return style.paint(name, "strong") + news


def _change(change: Change, style: Style) -> Iterator[str]:
    if change.case is not None:
        example = _example(change.case)
    elif change.value is not None:
        example = f"up to {change.value}" if change.constraint.startswith("max_") else change.value
    else:
        example = "no example was found"
    shown = visible(example, style, limit=MAX_MESSAGE)
    yield f"    {change.constraint}: {style.paint(shown, 'strong')}"
    where = "" if change.clause is None else f" ({visible(place(change.clause), style)})"
    yield f"      {visible(change.why, style, limit=MAX_MESSAGE)}{where}"


def _example(case: Case) -> str:
    what = ", ".join(map(describe, case.operations)) or "code that does nothing"
    known = ", ".join(f"{name} {value}" for name, value in case.context.to_json().items())
    return f"{what}, where {known}" if known else what


def _summary(comparison: Comparison, style: Style) -> str:
    permitted = sum(len(agent.permitted) for agent in comparison.agents)
    denied = sum(len(agent.denied) for agent in comparison.agents)
    unfinished = sum(len(agent.unfinished) for agent in comparison.agents)
    compared = f"{plural(comparison.compared, 'agent')} compared"
    if not comparison.agents:
        return f"{style.paint('same', 'allow')}: {compared}: nothing is newly permitted or newly denied"
    word, role = ("wider", "deny") if comparison.permits_more else ("narrower", "allow")
    parts = [f"{permitted} newly permitted", f"{denied} newly denied"]
    if unfinished:
        parts.append(f"{unfinished} could not be compared")
    return f"{style.paint(word, role)}: {compared}: {', '.join(parts)}"
