"""`python -m tests.reality`: what programs touch in the sandbox, against what the analysis says of them.

Prints each thing that was touched and is not covered; the exit status is 1 if there is any.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from execgate.analysis import analyze
from execgate.errors import ExecgateError
from execgate.model.source import Source
from execgate.sandbox import DockerSandbox

from . import collection, examples
from .covering import own, uncovered, unobserved
from .recording import Job, record


def main() -> int:
    """Run the programs that are asked for and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.reality", description=__doc__)
    parser.add_argument("corpora", nargs="*", type=Path, help='files with one {"id", "code"} a line')
    parser.add_argument("--only", help="programs with this in their name")
    parser.add_argument("--examples", action="store_true", help="the examples of the catalogue")
    parser.add_argument("--show", action="store_true", help="print all that was touched")
    options = parser.parse_args()
    if options.corpora:
        jobs = [job for file in options.corpora for job in collection.corpus(file)]
    elif options.examples:
        jobs = [example.job for example in examples.examples()]
    else:
        jobs = [*collection.written(), *collection.bypasses()]
    jobs = [job for job in jobs if not options.only or options.only in job.name]
    return report(jobs, show=options.show)


def report(jobs: list[Job], *, show: bool) -> int:
    """Run `jobs`, print what is not covered and the figures; return 1 if anything is not."""
    sandbox = DockerSandbox()
    figures: Counter[str] = Counter()
    try:
        for run in record(sandbox, jobs):
            figures["programs"] += 1
            figures["ended well"] += run.status == 0
            figures["ran out of time"] += run.status is None
            try:
                program = analyze(Source(run.job.text))
            except ExecgateError as error:
                figures["refused by the analysis"] += 1
                print(f"{run.job.name}: {error}")
                continue
            found = list(own(run.records))
            missing = uncovered(run.records, program)
            figures["with a gap"] += bool(program.gaps)
            figures["things touched"] += len(found)
            figures["things not covered"] += len(missing)
            figures["operations that were not observed"] += len(unobserved(run.records, program))
            if show:
                print(f"{run.job.name}: status {run.status} {run.last_line}")
                print("".join(f"  {touch}\n" for touch in found), end="")
            for touch in missing:
                print(f"{run.job.name}: NOT COVERED {touch}")
    finally:
        sandbox.close()
    print(", ".join(f"{name}: {count}" for name, count in figures.items()))
    return 1 if figures["things not covered"] else 0


if __name__ == "__main__":
    sys.exit(main())
