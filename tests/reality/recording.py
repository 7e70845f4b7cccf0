"""Programs run in the sandbox, and what Python said while they ran."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from execgate.model.confines import OPEN
from execgate.model.execution import InputFile, Stop
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import DockerSandbox
from execgate.sandbox.watching.events import Event

RECORDER = Path(__file__).with_name("guest.py")
LIMITS = Limits(
    wall_s=600,
    memory_bytes=1_000_000_000,
    cpus=None,
    processes=64,
    output_bytes=100_000_000,
    disk_bytes=256_000_000,
)
AT_ONCE = 200
"""How many programs one container runs, one after the other."""


@dataclass(frozen=True, slots=True)
class Job:
    """A program to run, and the files that it finds in its folder."""

    name: str
    text: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    prelude: str = ""
    """What prepares the folder further; it runs before anything is recorded."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one program touched; `status` is its exit status, None where its time was up."""

    job: Job
    status: int | None
    said: str
    records: tuple[Event, ...]

    @property
    def last_line(self) -> str:
        """The last that the program said: where it failed, its exception."""
        return self.said.strip().rpartition("\n")[2]


def record(sandbox: DockerSandbox, jobs: Iterable[Job]) -> Iterator[Run]:
    """Run each job in a process of its own inside the sandbox; yield what was recorded."""
    waiting = iter(jobs)
    while batch := list(islice(waiting, AT_ONCE)):
        yield from _batch(sandbox, batch)


def _batch(sandbox: DockerSandbox, batch: Sequence[Job]) -> Iterator[Run]:
    document = [
        {
            "name": job.name,
            "text": job.text,
            "prelude": job.prelude,
            "files": {name: data.hex() for name, data in job.files.items()},
        }
        for job in batch
    ]
    jobs = InputFile("jobs.json", json.dumps(document).encode())
    result = sandbox.run(_authorization(), inputs=[jobs])
    if result.stopped_by in {Stop.MEMORY, Stop.ENGINE}:
        # Where a whole machine runs out of memory, a guest is the first to go.
        result = sandbox.run(_authorization(), inputs=[jobs])
    if result.stopped_by is not Stop.EXIT or result.exit_code != 0:
        raise AssertionError(f"the recorder itself failed: {result.detail}\n{result.stderr[-2000:]}")
    runs = [json.loads(line) for line in result.stdout.splitlines()]
    for job, run in zip(batch, runs, strict=True):
        assert run["name"] == job.name
        yield Run(job, run["status"], run["said"], tuple(_record(event) for event in run["events"]))


def _record(event: dict[str, Any]) -> Event:
    return Event(
        event["event"], tuple(event["arguments"]), event["line"], tuple(event["through"]), event["importing"]
    )


def _authorization() -> Authorization:
    source = Source(RECORDER.read_text(encoding="utf-8"), "recorder.py")
    verdict = Verdict(
        source=source,
        agent="recorder",
        program=Program(source),
        limits=LIMITS,
        confines=replace(OPEN, network=False),
        policy_digest="sha256:" + "0" * 64,
    )
    return Authorization.of(verdict)
