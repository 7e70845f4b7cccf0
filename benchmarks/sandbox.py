"""Runs in containers: beside other executors, under load, and with libraries loaded ahead."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.measure import Row, SkippedError, percentile, seconds
from benchmarks.peers import PEERS
from execgate.analysis import analyze
from execgate.errors import SandboxError
from execgate.model.execution import Start, Stop
from execgate.model.source import Source
from execgate.model.verdict import Authorization
from execgate.policy import PolicySet
from execgate.sandbox import NOTHING, DockerSandbox

ROUNDS = 25
PROGRAM = "print(1)"
POLICY = """
agent "bench" { can "code_execution" with constraints { allowed_imports: [] max_memory: 256_megabytes } }
agent "data" { can "code_execution" with constraints { allowed_imports: ["pandas"] image: "data-science" } }
agent "clean" { can "code_execution" with constraints { allowed_imports: [] session: "clean" } }
"""
DATA = "import pandas\nprint(pandas.DataFrame({'a': [1, 2, 3]}).a.sum())"


def measure() -> list[Row]:
    """Return how long a run takes beside the executors of `EXECGATE_PEERS` and `docker run`, and its rates.

    `EXECGATE_PEERS` is the Python of an environment that has them; see `benchmarks.peers`.
    """
    if shutil.which("docker") is None:
        raise SkippedError("there is no `docker` command to compare with")
    rows = []
    with ExitStack() as stack:
        try:
            sandbox = DockerSandbox(on_progress=lambda _: None)
            stack.callback(sandbox.close)
            first = sandbox.run(authorized("bench", PROGRAM))
            if first.stdout != "1\n":
                raise SkippedError(f"the sandbox did not run the program: {first.detail or first.stderr}")
            rows += beside(sandbox, first.image, stack)
            rows += at_rate(sandbox, 2.0)
            rows += sustained(sandbox)
            rows += clean_session(sandbox)
            rows += data_job()
        except SandboxError as error:
            raise SkippedError(str(error)) from error
    return rows


def authorized(agent: str, text: str) -> Authorization:
    """Return leave to run `text`."""
    source = Source(text)
    return Authorization.of(PolicySet.parse(POLICY).agent(agent).judge(analyze(source)))


def beside(sandbox: DockerSandbox, image: str, stack: ExitStack) -> list[Row]:
    """Time a run of ours, each peer's and `docker run`, in turns, so that a busy machine slows all alike."""
    authorization = authorized("bench", PROGRAM)
    first_bytes: list[float] = []

    def ours() -> float:
        arrived: list[float] = []
        started = time.perf_counter()
        result = sandbox.run(authorization, on_output=lambda *_: arrived.append(time.perf_counter()))
        took = time.perf_counter() - started
        if result.start is Start.WARM:
            first_bytes.append(arrived[0] - started)
        return took

    def docker_run() -> float:
        command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "python3", image]
        return seconds(
            lambda: subprocess.run([*command, "-I", "-c", PROGRAM], check=True, capture_output=True)
        )

    cold = DockerSandbox(on_progress=lambda _: None, ahead=NOTHING)
    stack.callback(cold.close)
    cold.run(authorization)
    timed: dict[str, Callable[[], float]] = {"docker run": docker_run}
    missing: dict[str, str] = {}
    for name in PEERS:
        try:
            timed[name] = stack.enter_context(peer(name, image))
        except SkippedError as error:  # noqa: PERF203 - four of them
            missing[name] = str(error)
    samples: dict[str, list[float]] = {name: [] for name in ("ours", "cold", *timed)}
    for _ in range(ROUNDS):
        for name, run in timed.items():
            sandbox._cells.settle()  # noqa: SLF001 - as it is where runs are seconds apart
            samples["ours"].append(ours())
            samples[name].append(run())
        samples["cold"].append(seconds(lambda: cold.run(authorization)))
    median = statistics.median(samples["ours"])
    first = statistics.median(first_bytes)
    rows = [
        row("one run, cold", statistics.median(samples["cold"]), "docker run", samples["docker run"]),
        row("one run", median, "docker run", samples["docker run"]),
    ]
    for name in PEERS:
        if name in missing:
            print(f"not beside {name}: {missing[name]}", file=sys.stderr)
            continue
        aim = name == "autogen-ext"
        rows.append(row("one run", median, name, samples[name], target=1 / 10 if aim else None))
        if aim:
            rows.append(row("to the first byte", first, name, samples[name], target=1 / 20))
    return rows


@contextmanager
def peer(name: str, image: str) -> Iterator[Callable[[], float]]:
    """Give a call that lets a peer run the program once and returns the seconds it says it took."""
    python = os.environ.get("EXECGATE_PEERS")
    if python is None:
        raise SkippedError("EXECGATE_PEERS names no Python that has it")
    process = subprocess.Popen(
        [python, str(Path(__file__).with_name("peers.py")), name, image],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    source, sink = process.stdout, process.stdin
    if not source.readline():
        said = process.communicate()[1].strip().splitlines()
        raise SkippedError(said[-1] if said else "it ended")

    def run() -> float:
        sink.write("\n")
        sink.flush()
        return float(json.loads(source.readline())["seconds"])

    try:
        yield run
    finally:
        process.communicate(timeout=60)


def at_rate(sandbox: DockerSandbox, rate: float) -> list[Row]:
    """Time runs that begin `rate` times a second, whatever the runs before them do."""
    authorization = authorized("bench", PROGRAM)
    samples: list[float] = []
    cold = 0

    def one() -> None:
        nonlocal cold
        started = time.perf_counter()
        result = sandbox.run(authorization)
        samples.append(time.perf_counter() - started)
        cold += result.start is Start.COLD

    for _ in range(5):  # until the pool knows the load
        one()
        time.sleep(1 / rate)
    samples.clear()
    cold = 0
    threads = []
    begun = time.perf_counter()
    for number in range(60):
        time.sleep(max(begun + number / rate - time.perf_counter(), 0))
        threads.append(threading.Thread(target=one))
        threads[-1].start()
    for thread in threads:
        thread.join()
    note = f"p50 {percentile(samples, 50) * 1e3:.1f} ms, cold {cold} of {len(samples)}"
    late = Row(
        "sandbox",
        f"95th percentile at {rate:g} runs/s",
        percentile(samples, 95),
        "20 ms",
        0.02,
        60,
        1.0,
        note,
    )
    return [late]


def sustained(sandbox: DockerSandbox, for_s: float = 15.0) -> list[Row]:
    """Run one program after the other, each in a container of its own, and count."""
    authorization = authorized("bench", PROGRAM)
    done = 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < for_s:
        sandbox.run(authorization)
        done += 1
    took = (time.perf_counter() - begun) / done
    return [
        Row(
            "sandbox", "single-use runs one after the other", took, "5/s", 0.2, done, 1.0, f"{1 / took:.1f}/s"
        )
    ]


def clean_session(sandbox: DockerSandbox, runs: int = 400) -> list[Row]:
    """Run programs in sessions that are cleaned and checked between them, and count: in one, and in two."""
    authorization = authorized("clean", PROGRAM)
    names = ("bench 1", "bench 2")
    for name in names:
        started = [sandbox.run(authorization, conversation=name).start for _ in range(5)]
        if started[-1] is not Start.SESSION:
            print("not measured: clean sessions, which this sandbox does not keep", file=sys.stderr)
            return []

    def work(name: str) -> None:
        for _ in range(runs):
            sandbox.run(authorization, conversation=name)

    rows = []
    for lanes, where in enumerate(("a clean session", "two clean sessions at once"), start=1):
        threads = [threading.Thread(target=work, args=(name,)) for name in names[:lanes]]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = (time.perf_counter() - begun) / (runs * lanes)
        what = f"runs in {where}, one after the other"
        rows.append(Row("sandbox", what, took, "200/s", 0.005, runs, 1.0, f"{1 / took:.0f}/s"))
    return rows


def data_job() -> list[Row]:
    """Time a pandas program where pandas is loaded ahead, against a container that starts for it."""
    authorization = authorized("data", DATA)
    with ExitStack() as stack:
        cold = DockerSandbox(on_progress=lambda _: None, ahead=NOTHING)
        warm = DockerSandbox(on_progress=lambda _: None)
        stack.callback(cold.close)
        stack.callback(warm.close)
        first = cold.run(authorization)
        if first.stopped_by is not Stop.EXIT or first.stdout != "6\n":
            print(f"not measured: pandas: {first.detail} {first.stderr.strip()[-200:]}", file=sys.stderr)
            return []
        warm.run(authorization)
        samples: tuple[list[float], list[float]] = ([], [])
        for _ in range(7):
            warm._cells.settle()  # noqa: SLF001 - as above
            samples[0].append(seconds(lambda: warm.run(authorization)))
            samples[1].append(seconds(lambda: cold.run(authorization)))
        ahead = statistics.median(samples[0])
        return [row("a pandas job, loaded ahead", ahead, "cold", samples[1], n=7, target=1 / 20)]


def row(
    what: str,
    took: float,
    against: str,
    samples: list[float],
    *,
    n: int = ROUNDS,
    target: float | None = None,
) -> Row:
    """Return a row of medians; `target` is the ratio to reach at most."""
    other = statistics.median(samples)
    return Row("sandbox", what, took, against, other, n, target, f"{other / took:.1f} x faster")


def main() -> int:
    """Print the rows; a command of its own, since it takes minutes."""
    for found in measure():
        target = "" if found.target is None else f"  (target {found.target:g})"
        print(
            f"{found.what:38} {found.seconds * 1e3:8.2f} ms  against {found.against:12}"
            f" {found.against_seconds * 1e3:8.2f} ms  = {found.ratio:.3f}{target}  {found.note}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
