"""`python -m benchmarks.fuzz`: look for a program that breaks a law of the analysis, as long as is wanted.

Takes folders of Python files and JSON lines with `code`; without any, the programs of this project and of
the Python that runs.  Every program is rewritten in each way; then some are made up, and some are changed at
random.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fuzz.laws import SLOW_S, Broken, has_a_verdict, says_no_less, says_the_same
from benchmarks.fuzz.mutations import mutated
from benchmarks.fuzz.rewritings import SAME, extended
from benchmarks.programs import generate

ROOT = Path(__file__).parents[2]
MAX_SIZE = 60_000


def main() -> int:
    """Check the laws; print the programs that break one, and exit with 1 if any does."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long programs are changed at random")
    parser.add_argument("--examples", type=int, default=100, help="how many programs hypothesmith makes up")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--skip", nargs="*", default=[], help="ways of rewriting that are left out")
    parser.add_argument("--show", type=int, default=3, help="how many programs are shown for each law")
    options = parser.parse_args()
    codes = [code for code in programs(options.paths) if 0 < len(code) <= MAX_SIZE]
    print(f"{len(codes)} programs", file=sys.stderr)
    counts: Counter[str] = Counter()
    checked: Counter[str] = Counter()
    for law, broken in _checks(codes, options):
        checked[law] += 1
        if broken is not None:
            counts[law] += 1
            if counts[law] <= options.show:
                print(f"\n=== {broken}", flush=True)
    for law, count in sorted(checked.items()):
        print(f"{law:40} {count:8,} checked, {counts[law]:6,} broken")
    return 1 if counts else 0


def _checks(codes: list[str], options: argparse.Namespace) -> Iterator[tuple[str, Broken | None]]:
    random_ = random.Random(options.seed)
    for code in codes:
        yield "a verdict", has_a_verdict(code, SLOW_S)
        for way, rewrite in SAME.items():
            if way not in options.skip:
                try:
                    rewritten = rewrite(code)
                except (SyntaxError, ValueError, RecursionError):
                    continue
                yield way, says_the_same(way, code, rewritten)
        yield "no less", says_no_less(code, extended(code, random_))
    yield from (("a verdict, made up", has_a_verdict(code, SLOW_S)) for code in made_up(options.examples))
    end = time.monotonic() + options.minutes * 60
    while time.monotonic() < end:
        yield (
            "a verdict, changed at random",
            has_a_verdict(mutated(random_.choice(codes), codes, random_), SLOW_S),
        )


def made_up(count: int) -> list[str]:
    """Return programs in every syntax there is, which mean nothing."""
    # Both take a second to import, and are there to test with.
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesmith import from_grammar, from_node

    found: list[str] = []
    if not count:
        return found

    @settings(
        max_examples=count, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(from_grammar() | from_node())
    def collect(code: str) -> None:
        found.append(code)

    collect()
    return found


def programs(paths: list[Path]) -> Iterator[str]:
    """Yield the programs of folders, files and collections."""
    if not paths:
        yield from generate(100)
        paths = [
            ROOT / "tests",
            ROOT / "execgate",
            ROOT / "examples",
            Path(sysconfig.get_paths()["stdlib"]) / "json",
        ]
    for path in paths:
        if path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                yield from (json.loads(line)["code"] for line in lines)
            continue
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            with contextlib.suppress(UnicodeDecodeError, OSError):
                yield file.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
