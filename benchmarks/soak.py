"""Many runs in a row, and gates that are killed at random moments: nothing may be left behind.

    python -m benchmarks.soak [--backend docker|bubblewrap] [--runs 1000] [--kills 200] [--seed 1]

Looked for are containers or cells of these gates; their processes, mounts and control groups, also those that
the engine no longer knows; files in the folder for temporary ones; and in this process descriptors, sockets
among them, and threads.  How far it is stands on standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from benchmarks.leavings import LEFT, files, here
from execgate.model.confines import OPEN, Session
from execgate.model.execution import Start, Stop
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import BACKENDS

SETTLE_S = 60.0
LOOKS = 10
TELL_S = 5.0
LIFE_S = (0.0, 2.5)
"""When a gate is killed, counted from its first line: before a run, in one, or while cells come and go."""

PROGRAMS: tuple[tuple[str, Limits, Stop, str], ...] = (
    ("print(1)", Limits(), Stop.EXIT, "1\n"),
    ("open('left', 'w').write('x' * 10_000); print(2)", Limits(), Stop.EXIT, "2\n"),
    ("import os\nif os.fork() == 0:\n    while True: pass\nprint(3)", Limits(), Stop.EXIT, "3\n"),
    ("print(4, flush=True)\nwhile True: pass", Limits(wall_s=0.5), Stop.TIME, "4\n"),
    ("import os\nwhile True: os.write(1, b'5' * 1000)", Limits(output_bytes=2000), Stop.OUTPUT, "5" * 2000),
    ("import sys\nsys.exit(6)", Limits(), Stop.EXIT, ""),
)
"""What is run, in turns: text, limits, and how it has to end."""

GATE = "import sys; from benchmarks.soak import serve; serve(sys.argv[1])"


def authorized(text: str, limits: Limits, session: Session = Session.NONE) -> Authorization:
    """Return leave to run `text`."""
    source = Source(text)
    verdict = Verdict(
        source,
        "soak",
        Program(source),
        limits=limits,
        confines=replace(OPEN, session=session),
        policy_digest="sha256:" + "0" * 64,
    )
    return Authorization.of(verdict)


def serve(backend: str) -> None:
    """Be a gate that runs one program after the other, in a session every other time, until it is killed."""
    sandbox = BACKENDS[backend](on_progress=lambda _: None)
    print("up", flush=True)
    for session in itertools.cycle((Session.NONE, Session.FILES)):
        for text, limits, _, _ in PROGRAMS:
            sandbox.run(authorized(text, limits, session), conversation="soak")


class Progress:
    """Says on standard error how far something is, every few seconds."""

    def __init__(self, what: str, of: int) -> None:
        self._what = what
        self._of = of
        self._told = time.monotonic()

    def tell(self, done: int, faults: int) -> None:
        """Say it if it is time."""
        if time.monotonic() - self._told >= TELL_S:
            self._told = time.monotonic()
            print(f"{done} of {self._of} {self._what}, {faults} faults", file=sys.stderr, flush=True)


def run_many(backend: str, runs: int) -> list[str]:
    """Run programs in a row in this process; return what went wrong, and what of it is left here."""
    faults = next_gate(backend)  # what this process opens once and keeps is there by then
    before = here()
    warm = 0
    progress = Progress("runs", runs)
    sandbox = BACKENDS[backend](on_progress=lambda _: None)
    for number in range(runs):
        text, limits, stop, output = PROGRAMS[number % len(PROGRAMS)]
        result = sandbox.run(authorized(text, limits))
        warm += result.start is Start.WARM
        if (result.stopped_by, result.stdout) != (stop, output):
            faults.append(
                f"run {number}: {result.stopped_by.value}, {result.detail}, {result.stdout[:100]!r}"
            )
        progress.tell(number + 1, len(faults))
    sandbox.close()
    del sandbox
    gc.collect()
    faults += [f"left in this process: {name}" for name in sorted(here() - before)]
    print(f"{runs} runs, {warm} of them warm, {len(faults)} faults", flush=True)
    return faults


def kill_many(backend: str, kills: int, rng: random.Random) -> tuple[list[str], list[int]]:
    """Start gates and kill each at some moment; return what went wrong, and the gates' processes."""
    faults, gates = [], []
    progress = Progress("gates killed", kills)
    for number in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", GATE, backend],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        up = process.stdout.readline()
        if up == "up\n":
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(*LIFE_S))
        if process.poll() is not None:
            said = process.communicate()[1].strip().splitlines()
            faults.append(f"gate {number} ended by itself: {said[-1:]}")
        process.kill()
        process.communicate()
        gates.append(process.pid)
        progress.tell(number + 1, len(faults))
    print(f"{kills} gates killed", flush=True)
    return faults, gates


def left_by(backend: str, gates: Collection[int]) -> set[str]:
    """Return all that is left of gates that are no more."""
    return set().union(files(), *(look(gates) for look in LEFT[backend]))


def next_gate(backend: str) -> list[str]:
    """Start a gate as anybody would afterwards: it works, and removes what the killed ones left."""
    sandbox = BACKENDS[backend](on_progress=lambda _: None)
    result = sandbox.run(authorized("print('next')", Limits()))
    sandbox.close()
    return [] if result.stdout == "next\n" else [f"the next gate does not work: {result.detail}"]


def soak(backend: str, runs: int, kills: int, seed: int) -> list[str]:
    """Do it, and return what was found wrong."""
    known = left_by(backend, ())
    faults = run_many(backend, runs) if runs else []
    more, gates = kill_many(backend, kills, random.Random(seed))
    faults += more
    # What a killed gate had asked for may be made after it has gone, so that a second look finds it.
    deadline = time.monotonic() + SETTLE_S
    looks: dict[str, int] = {}
    while True:
        faults_next = next_gate(backend)
        left = left_by(backend, gates) - known
        # What comes and goes belongs to somebody who is at work.
        looks = {what: looks.get(what, 0) + 1 for what in left}
        if not (left or faults_next) or time.monotonic() > deadline:
            break
        print(f"looked for again: {', '.join(sorted(left))[:300]}", file=sys.stderr, flush=True)
        time.sleep(1)
    return [*faults, *faults_next, *sorted(what for what, seen in looks.items() if seen >= LOOKS)]


def main() -> int:
    """Print what is left; 1 if anything is."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--backend", choices=sorted(LEFT), default="docker")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.chdir(Path(__file__).parents[1])  # where the gates that are started find this file
    # In a folder of its own nothing is anybody else's.
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        Path(folder).chmod(0o755)  # a gate that is root starts bubblewrap as somebody else
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        faults = soak(options.backend, options.runs, options.kills, options.seed)
        tempfile.tempdir = None
    for fault in faults:
        print(fault)
    print("nothing is left" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
