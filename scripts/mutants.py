"""Change the deciding code in small ways, one at a time, and show the changes that no test notices.

    make mutants ARGS="[--tests PATH ...] [--jobs N] [--list] [PART ...]"

PART names modules by a part of their path below `execgate/policy`, as `matching/` or `constraints/gates.py`;
without one all are changed, which takes hours.  What a change is, and what is left out, `mutations.py` says.

The tests are collected once.  They run once to see which of them reaches which line, then for each change in
a process of its own, split off this one, in which the function that is changed gets its new code; what runs
when a module is loaded is changed in a process that loads everything anew.  Laws try few examples, always the
same, so that a run says what the run before said.

A change that no test notices is a survivor.  `tests/policy/mutants.txt` lists those that are no fault, each
with its reason; a survivor that it does not list is an error, and so is a line of it that names no survivor.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib.machinery
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "execgate" / "policy"
EXPLAINED = ROOT / "tests" / "policy" / "mutants.txt"

TESTS = ("tests/policy",)
SLOW = ("tests/policy/compare", "tests/policy/editing", "tests/policy/language", "tests/policy/format")
"""Tests of the tools around the decision: slow, and none of them says what is permitted."""

EXAMPLES = 15
"""How many examples a law tries for each change."""
BUDGET = 3.0
"""How many seconds of tests a change has to live through: those that noticed others, then the quickest."""
PATIENCE = 10.0
"""How many times as long as unchanged, and seconds at least, tests may take; then the change is noticed."""
WAITING = 30
"""How many times longer a busy machine may take for it, by the clock on the wall."""
MEMORY = 4 << 30

_TELL = "MUTANTS_TELL"  # the number of the pipe by which a process tells the test that noticed

SURVIVED, KILLED, ANEW = 0, 1, 3
"""How the process of a change ends; `ANEW` where its function can't be changed in place."""

PYTEST = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", "--timeout=0", "--no-header")

sys.path[:0] = [str(ROOT / "scripts"), str(ROOT)]
from mutations import FUNCTIONS, Mutant, mutants  # noqa: E402


def main() -> int:
    """Return 0 where every change is noticed or explained."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help="a part of a module's path")
    parser.add_argument(
        "--tests", nargs="+", default=[], help="the tests to run instead of those of the policy"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="list the changes, and run nothing")
    parser.add_argument("--anew", nargs=2, metavar=("PATH", "NUMBER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.chdir(ROOT)
    if given.anew:
        return _anew(given.anew[0], int(given.anew[1]), given.tests)
    every = sorted(POLICY.rglob("*.py"))
    paths = list(dict.fromkeys(path for part in given.parts or [""] for path in every if part in _name(path)))
    if given.list:
        for path in paths:
            for mutant in mutants(_name(path), ast.parse(path.read_bytes())):
                print(f"{mutant.path}:{mutant.line} {mutant.function}: {mutant.change}")
        return 0
    found = _survivors(paths, given.tests, given.jobs)
    return _report(found, {_name(path) for path in paths})


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# The tests, and what they reach.


@dataclass
class Reach:
    """Which tests reach which line of a module, and how long each takes."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    """By module and line; the empty name stands for what runs when the tests are collected."""
    noticed: Counter[str] = field(default_factory=Counter)
    """How many changes each test has noticed."""

    def of(self, mutant: Mutant, tree: ast.Module) -> tuple[list[str], bool]:
        """Return the tests for a change, the most promising first, and whether all has to be loaded anew."""
        lines = self.lines.get(mutant.path, {})
        if mutant.within:
            last = mutant.within[-1]
            # A line inside a statement may be none that is counted: then what reaches its function.
            reached = set(lines.get(mutant.line, ())) or {
                name
                for line in range(last.lineno, (last.end_lineno or 0) + 1)
                for name in lines.get(line, ())
            }
        else:
            inside = _lines_of_functions(tree)
            reached = {name for line, names in lines.items() if line in inside for name in names}
            reached = reached or set(self.seconds)
        return self._quickest(reached - {""}), "" in reached or not mutant.within

    def _quickest(self, names: Iterable[str]) -> list[str]:
        chosen, total = [], 0.0
        for name in sorted(names, key=lambda name: (-self.noticed[name], self.seconds[name], name)):
            total += self.seconds[name]
            if total > BUDGET:
                break
            chosen.append(name)
        return chosen


def _lines_of_functions(tree: ast.Module) -> set[int]:
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
        for line in range(
            node.body[0].lineno if isinstance(node.body, list) else node.lineno, (node.end_lineno or 0) + 1
        )
    }


class _Plugin:
    """Takes the place of the run of the tests once they are collected."""

    def __init__(self, run: Callable[[list[Any]], None]) -> None:
        self.run = run

    def pytest_runtestloop(self, session: Any) -> bool:
        for item in session.items:
            _few_examples(item)
        self.run(session.items)
        return True


def _few_examples(item: Any) -> None:
    from hypothesis import HealthCheck, Phase, settings

    test: Any = getattr(getattr(item, "obj", None), "__func__", getattr(item, "obj", None))
    own = getattr(test, "_hypothesis_internal_use_settings", None)
    if own is None and not getattr(test, "is_hypothesis_test", False):
        return
    test._hypothesis_internal_use_settings = settings(  # noqa: SLF001 - there is no other way from outside
        own or settings.default,
        max_examples=min(EXAMPLES, (own or settings.default).max_examples),
        phases=(Phase.explicit, Phase.generate),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def _failing(items: Sequence[Any]) -> str | None:
    """Return the name of the first test that fails."""
    from _pytest.runner import runtestprotocol

    for item, after in zip(items, [*items[1:], None], strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
            return str(item.nodeid)
    return None


def _measure(items: Sequence[Any], coverage: Any, paths: Sequence[Path]) -> Reach:
    reach, left_out = Reach(), set[str]()
    coverage.start()
    for item in items:
        coverage.switch_context(item.nodeid)
        before = time.process_time()
        if _failing([item]):
            print(f"left out, for it fails without any change: {item.nodeid}", flush=True)
            left_out.add(item.nodeid)
        reach.seconds[item.nodeid] = time.process_time() - before
    coverage.stop()
    data = coverage.get_data()
    for path in paths:
        reach.lines[_name(path)] = {
            line: [name for name in names if name not in left_out]
            for line, names in data.contexts_by_lineno(str(path)).items()
        }
    return reach


def _in_child(work: Callable[[], Any]) -> Any:
    """Return what `work` returns in a process split off this one, which itself stays as it is."""
    receiving, sending = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(receiving)
            with os.fdopen(sending, "wb") as pipe:
                pickle.dump(work(), pipe)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - this process ends here, whatever it was
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        said = pipe.read()
    if os.waitpid(child, 0)[1] or not said:
        raise SystemExit("the tests could not be run unchanged")
    return pickle.loads(said)


# The changes.


@dataclass
class Result:
    """How many changes there are, which tests did not notice, and which no test reaches."""

    total: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    unreached: list[Mutant] = field(default_factory=list)


def _survivors(paths: Sequence[Path], tests: Sequence[str], jobs: int) -> Result:
    import coverage
    import pytest

    result = Result()
    tracer = coverage.Coverage(
        data_file=None, config_file=False, branch=False, include=[str(path) for path in paths]
    )
    ignored = [] if tests else [f"--ignore={path}" for path in SLOW]

    def run(items: list[Any]) -> None:
        tracer.stop()
        print(f"{len(items)} tests, once unchanged", flush=True)
        reach = _in_child(lambda: _measure(items, tracer, paths))
        _each(paths, items, reach, jobs, result)

    tracer.start()
    pytest.main([*PYTEST, *ignored, *(tests or TESTS)], plugins=[_Plugin(run)])
    return result


def _each(paths: Sequence[Path], items: Sequence[Any], reach: Reach, jobs: int, result: Result) -> None:
    by_name = {item.nodeid: item for item in items}
    live = _functions()
    for path in paths:
        tree = ast.parse(path.read_bytes())
        todo = mutants(_name(path), tree)
        started, before = time.monotonic(), len(result.survivors) + len(result.unreached)
        pool = _Pool(jobs, result, reach)
        for number, mutant in enumerate(todo):
            names, anew = reach.of(mutant, tree)
            if not names:
                result.unreached.append(mutant)
                continue
            patience = PATIENCE + PATIENCE * sum(reach.seconds[name] for name in names)
            loading = _anew_work(path, number, names)
            if anew:
                pool.add(_Job(mutant, loading, patience + PATIENCE, None))
            else:
                chosen = [by_name[name] for name in names]
                pool.add(_Job(mutant, _in_place(path, tree, mutant, live, chosen), patience, loading))
        pool.finish()
        lived = len(result.survivors) + len(result.unreached) - before
        result.total += len(todo)
        print(
            f"{_name(path)}: {len(todo)} changes, {lived} live, {time.monotonic() - started:.0f} s",
            flush=True,
        )


@dataclass
class _Job:
    mutant: Mutant
    work: Callable[[], int]
    patience: float
    anew: Callable[[], int] | None
    """What to do where the change can't be made in place."""
    ends: float = 0.0
    pipe: int = -1


class _Pool:
    """Runs changes in processes of their own, a few at a time."""

    def __init__(self, count: int, result: Result, reach: Reach) -> None:
        self.count = count
        self.result = result
        self.reach = reach
        self.running: dict[int, _Job] = {}

    def add(self, job: _Job) -> None:
        while len(self.running) >= self.count:
            self._wait()
        job.pipe, telling = os.pipe()
        job.ends = time.monotonic() + WAITING * job.patience
        child = os.fork()
        if not child:
            os.environ[_TELL] = str(telling)
            os.set_inheritable(telling, True)  # noqa: FBT003 - it takes no name
            _quietly(job.work, job.patience)
        os.close(telling)
        self.running[child] = job

    def finish(self) -> None:
        while self.running:
            self._wait()

    def _wait(self) -> None:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            for late in [pid for pid, job in self.running.items() if time.monotonic() > job.ends]:
                os.killpg(late, signal.SIGKILL)
            time.sleep(0.002)
            return
        job = self.running.pop(child)
        with os.fdopen(job.pipe, "rb") as pipe:
            noticed = pipe.read().decode()
        ended = os.waitstatus_to_exitcode(status)
        if ended == ANEW and job.anew is not None:
            self.add(_Job(job.mutant, job.anew, job.patience + PATIENCE, None))
        elif ended == SURVIVED:
            self.result.survivors.append(job.mutant)
            print(f"  lives: {job.mutant.path}:{job.mutant.line} {job.mutant.change}", flush=True)
        elif noticed:
            self.reach.noticed[noticed] += 1


def _quietly(work: Callable[[], int], patience: float) -> None:
    """End this process with what `work` returns; whatever else happens to it, the change was noticed."""
    status = KILLED
    try:
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(patience) + 1, int(patience) + 2))
        status = work()
    finally:
        os._exit(status)


def _functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """Return the functions there are, by the file, name and first line of their code."""
    found: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            code = thing.__code__
            found[code.co_filename, code.co_name, code.co_firstlineno].append(thing)
    return found


def _said(failing: str | None) -> int:
    """Tell the process that started this one which test has noticed the change."""
    if failing is None:
        return SURVIVED
    os.write(int(os.environ[_TELL]), failing.encode())
    return KILLED


def _in_place(
    path: Path,
    tree: ast.Module,
    mutant: Mutant,
    live: dict[tuple[str, str, int], list[FunctionType]],
    items: Sequence[Any],
) -> Callable[[], int]:
    def work() -> int:
        mutant.apply()
        codes: dict[tuple[str, int], list[CodeType]] = defaultdict(list)
        for code in _codes(_compiled(path, tree)):
            codes[code.co_name, code.co_firstlineno].append(code)
        changed = 0
        for node in mutant.within:
            name = getattr(node, "name", "<lambda>")
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
            new = codes[name, first]
            if len(new) != 1:
                return ANEW
            for function in live.get((str(path), name, first), ()):
                try:
                    function.__code__ = new[0]
                except ValueError:  # another number of variables of the functions around it
                    return ANEW
                changed += 1
        if not changed:
            return ANEW
        return _said(_failing(items))

    return work


def _compiled(path: Path, tree: ast.Module) -> CodeType:
    return compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _anew_work(path: Path, number: int, names: Sequence[str]) -> Callable[[], int]:
    def work() -> int:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
            listed.write("\n".join(names))
            listed.flush()
            command = [sys.executable, __file__, "--anew", str(path), str(number), "--tests", listed.name]
            pipe = int(os.environ[_TELL])
            return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, pass_fds=[pipe]).returncode

    return work


def _anew(path: str, number: int, tests: Sequence[str]) -> int:
    """Load everything with one change in it, and run the tests that a file lists."""
    import pytest

    tree = ast.parse(Path(path).read_bytes())
    mutants(_name(Path(path)), tree)[number].apply()
    usual = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> Any:
        return _compiled(Path(path), tree) if loader.path == path else usual(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
    names = Path(tests[0]).read_text().split("\n")
    ends: list[int] = []

    def run(items: list[Any]) -> None:
        by_name = {item.nodeid: item for item in items}
        # A test whose name comes from the changed table is not there any more.
        gone = any(name not in by_name for name in names)
        ends.append(KILLED if gone else _said(_failing([by_name[name] for name in names])))

    files = sorted({name.partition("::")[0] for name in names})
    pytest.main([*PYTEST, *files], plugins=[_Plugin(run)])
    return ends[0] if ends else KILLED


# What is explained.


def _explained() -> dict[tuple[str, str, str], str]:
    """Return the reason of each change that is listed."""
    found: dict[tuple[str, str, str], str] = {}
    where = change = ""
    for line in EXPLAINED.read_text(encoding="utf-8").splitlines() if EXPLAINED.exists() else ():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            where = line.strip()
        elif not line.startswith("        "):
            change = line.strip()
        else:
            path, _, function = where.partition(" ")
            found[path, function, change] = line.strip()
    return found


def _report(result: Result, paths: set[str]) -> int:
    explained = _explained()
    lived = {mutant.key: mutant for mutant in [*result.survivors, *result.unreached]}
    unexplained = [mutant for key, mutant in lived.items() if key not in explained]
    stale = [key for key in explained if key[0] in paths and key not in lived]
    where = ""
    for mutant in sorted(unexplained, key=lambda one: (one.path, one.line)):
        if where != (where := f"{mutant.path} {mutant.function}"):
            print(f"\n{where}")
        seen = "no test reaches it" if mutant in result.unreached else "no test notices"
        print(f"    {mutant.change}\n        line {mutant.line}: {seen}")
    for key in stale:
        print(f"\nlisted in {_name(EXPLAINED)}, and no survivor: {' '.join(key[:2])}\n    {key[2]}")
    print(
        f"\n{result.total} changes, {result.total - len(lived)} noticed, "
        f"{len(lived) - len(unexplained)} explained, {len(unexplained)} not"
    )
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
