"""Many runs in a row, and gates that are killed at random moments: nothing may be left behind.

    python -m benchmarks.soak [--runs 1000] [--kills 200] [--seed 1]

Looked for are containers of these gates; processes, mounts and control groups of containers that the engine
no longer knows; files in the folder for temporary ones; and in this process descriptors, sockets among them,
and threads.  Everything that belongs to others on the machine is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from execgate.model.confines import OPEN
from execgate.model.execution import Start, Stop
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import DockerSandbox
from execgate.sandbox.docker.leftovers import Owner
from execgate.sandbox.engine import connect

SETTLE_S = 60.0
LOOKS = 10
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

GATE = "from benchmarks.soak import serve; serve()"
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def authorized(text: str, limits: Limits) -> Authorization:
    """Return leave to run `text`."""
    source = Source(text)
    verdict = Verdict(
        source, "soak", Program(source), limits=limits, confines=OPEN, policy_digest="sha256:" + "0" * 64
    )
    return Authorization.of(verdict)


def serve() -> None:
    """Be a gate that runs one program after the other until it is killed."""
    sandbox = DockerSandbox(on_progress=lambda _: None)
    print("up", flush=True)
    while True:
        for text, limits, _, _ in PROGRAMS:
            sandbox.run(authorized(text, limits))


def run_many(runs: int) -> list[str]:
    """Run programs in a row in this process; return what went wrong, and what of it is left here."""
    faults = []
    before = own()
    warm = 0
    sandbox = DockerSandbox(on_progress=lambda _: None)
    for number in range(runs):
        text, limits, stop, output = PROGRAMS[number % len(PROGRAMS)]
        result = sandbox.run(authorized(text, limits))
        warm += result.start is Start.WARM
        if (result.stopped_by, result.stdout) != (stop, output):
            faults.append(
                f"run {number}: {result.stopped_by.value}, {result.detail}, {result.stdout[:100]!r}"
            )
    sandbox.close()
    del sandbox
    gc.collect()
    after = own()
    faults += [f"left in this process: {name}" for name in sorted(after - before)]
    print(f"{runs} runs, {warm} of them warm, {len(faults)} faults", flush=True)
    return faults


def kill_many(kills: int, rng: random.Random) -> tuple[list[str], list[int]]:
    """Start gates and kill each at some moment; return what went wrong, and the gates' processes."""
    faults, gates = [], []
    for number in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", GATE],
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
    print(f"{kills} gates killed", flush=True)
    return faults, gates


def own() -> set[str]:
    """Return the descriptors and threads of this process, by what they are."""
    found = {f"thread {thread.name}" for thread in threading.enumerate()}
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            target = str(link.readlink())
            # Two sockets differ by their number alone; of a folder that is being listed there is always one.
            if not target.startswith("/proc/"):
                found.add(f"descriptor {link.name} {target.partition(':')[0]}")
    return found


def strangers() -> set[str]:
    """Return processes, mounts and control groups of containers that the engine does not know."""
    client = connect()
    try:
        found: dict[str, str] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    for text in ((folder / "cgroup").read_text(errors="replace"), command):
                        for identity in _ID.findall(text):
                            found[f"process {folder.name} {command[:60]}"] = identity
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            for identity in _ID.findall(line.split(" - ")[0]):
                if "/containers/" in line:
                    found[f"mount {line.split()[4]}"] = identity
        for group in Path("/sys/fs/cgroup").glob("*/docker/*"):
            if _ID.fullmatch(group.name):
                found[f"control group {group}"] = group.name
        # Asked last: what is made meanwhile is known by then.
        known = {container["Id"] for container in client.containers(all=True)}
        return {what for what, identity in found.items() if identity not in known}
    finally:
        client.close()


def left_by(gates: Sequence[int]) -> set[str]:
    """Return the containers of gates that are no more, or are this one."""
    client = connect()
    try:
        found = set()
        for container in client.containers(all=True, filters={"label": "execgate"}):
            owner = Owner.of(container["Labels"])
            if owner is not None and owner.pid in gates and owner.is_gone() is not False:
                found.add(f"container {container['Names']} of gate {owner.pid}, {container['State']}")
            if owner is not None and owner.gate == Owner.current().gate:
                found.add(f"container {container['Names']} of this gate, {container['State']}")
        return found
    finally:
        client.close()


def files() -> set[str]:
    """Return what is in the folder for temporary files that a gate may have made."""
    return {entry.name for entry in Path(tempfile.gettempdir()).iterdir() if "execgate" in entry.name}


def next_gate() -> list[str]:
    """Start a gate as anybody would afterwards: it works, and removes what the killed ones left."""
    sandbox = DockerSandbox(on_progress=lambda _: None)
    result = sandbox.run(authorized("print('next')", Limits()))
    sandbox.close()
    return [] if result.stdout == "next\n" else [f"the next gate does not work: {result.detail}"]


def soak(runs: int, kills: int, seed: int) -> list[str]:
    """Do it, and return what was found wrong."""
    before, known = files(), strangers()
    faults = run_many(runs) if runs else []
    more, gates = kill_many(kills, random.Random(seed))
    faults += more
    # What a killed gate had asked for may be made after it has gone, so that a second look finds it.
    deadline = time.monotonic() + SETTLE_S
    looks: dict[str, int] = {}
    while True:
        faults_next = next_gate()
        left = left_by(gates) | (strangers() - known) | (files() - before)
        # What comes and goes belongs to somebody who is at work.
        looks = {what: looks.get(what, 0) + 1 for what in left}
        if not (left or faults_next) or time.monotonic() > deadline:
            break
        time.sleep(1)
    return [*faults, *faults_next, *sorted(what for what, seen in looks.items() if seen >= LOOKS)]


def main() -> int:
    """Print what is left; 1 if anything is."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.chdir(Path(__file__).parents[1])  # where the gates that are started find this file
    faults = soak(options.runs, options.kills, options.seed)
    for fault in faults:
        print(fault)
    print("nothing is left" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
