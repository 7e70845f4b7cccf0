"""`execgate policy starter`: policies to start from, each with its test cases."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from execgate import _resources
from execgate.cli.console import Console
from execgate.cli.parser import Parser, examples, statuses, unknown
from execgate.errors import InputError


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="the starter; without, list them")
    parser.add_argument("--agent", metavar="A", help="the name of your agent, in place of the starter's")
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        help="write NAME.policy and NAME.policytest there, named after --agent if that is given, "
        "instead of printing the policy",
    )
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate policy starter",
                "execgate policy starter data_analyst",
                "execgate policy starter fetcher --agent rates_bot --out policies/",
            ),
            statuses("0  done", "2  there is no such starter, or a file is there already"),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """List the starters, print one, or write one with its cases; return the exit status."""
    folder = _resources.path("policies", "starters")
    found = {path.stem: path for path in sorted(folder.glob("*.policy"))}
    if options.name is None:
        width = max(map(len, found))
        for name, path in found.items():
            console.out(f"{name:<{width}}  {_purpose(path)}\n")
        return 0
    if options.name not in found:
        raise unknown("starter", options.name, found)
    policy = found[options.name]
    texts = {
        path: _renamed(path, options.name, options.agent)
        for path in (policy, policy.with_suffix(".policytest"))
    }
    if options.out is None:
        console.out(texts[policy])
        return 0
    for path, text in texts.items():
        target = Path(options.out, path.name if options.agent is None else f"{options.agent}{path.suffix}")
        _write(target, text)
        console.note(f"wrote {target}")
    console.note(f"change it to what your agent needs, then `execgate policy test {options.out}`")
    return 0


def _purpose(path: Path) -> str:
    """Return the first sentence of the comment that a starter begins with."""
    return (
        path.read_text(encoding="utf-8")
        .removeprefix("// ")
        .split("\n", 1)[0]
        .split(".  ")[0]
        .removesuffix(".")
    )


def _renamed(path: Path, name: str, agent: str | None) -> str:
    text = path.read_text(encoding="utf-8")
    if agent is None:
        return text
    # In a policy the name stands once; in its cases wherever the agent is meant.
    return text.replace(json.dumps(name), json.dumps(agent))


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(
            f"{target} is there already", help="remove it, or name another --out folder or --agent"
        ) from None
    except OSError as error:
        raise InputError(
            f"{target} can't be written: {error.strerror}", help="name another --out folder"
        ) from error
