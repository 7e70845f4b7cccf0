"""From a source to its operations: one guard, one parse, one traversal."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import libcst as cst

from execgate.analysis import calls, expressions, functions, guard, statements
from execgate.analysis.machine import Machine
from execgate.analysis.positions import Positions
from execgate.analysis.values import WALKED, Anything, Args, Func, Value
from execgate.analysis.work import PARSING, STARTING, OutOfWorkError, Work
from execgate.errors import SourceError
from execgate.model.operation import DatabaseOperation, FileOperation, Gap, Operation
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.values import Text

MAX_PASSES = 4
"""How often a whole program is followed."""

MAX_ROUNDS = 200
"""How many functions that nothing calls are followed, counting those that they define."""


class Interpreter(Machine):
    """A machine with the rules of Python."""

    def evaluate(self, node: cst.CSTNode) -> Value:
        """Return what an expression can be."""
        self.step()
        rule = expressions.RULES.get(type(node))
        if rule is None:
            self.gap(f"`{type(node).__name__}` is syntax that is not analysed", node)
            return Anything("it is syntax that is not analysed")
        return rule(self, node)

    def run(self, node: Any) -> bool:
        """Follow a statement or a block; return whether what comes after it can be reached."""
        self.step()
        rule = statements.RULES.get(type(node))
        if rule is None:
            self.gap(f"`{type(node).__name__}` is syntax that is not analysed", node)
            return True
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            self.statement = node
        return rule(self, node)

    def call(self, function: Value, args: Args, node: cst.CSTNode) -> Value:
        """Call a value and return what it can give."""
        return calls.call(self, function, args, node)

    earlier: Sequence[cst.Try] = ()
    """What ran in the same interpreter before this program, each as far as it came."""

    def follow(self, module: cst.Module) -> None:
        """Follow a module until what travels through it in no order has come everywhere."""
        for _ in range(MAX_PASSES):
            self._pass(module)
            if not self.grown():
                return
            self.again = True
            self.start()
        self.gap("what this program hands around can't be followed to its end", module)

    def _pass(self, module: cst.Module) -> None:
        """Follow a module, then what runs later than it stands, and every function that nothing calls."""
        for before in self.earlier:
            self.run(before)
        statements.block(self, module)
        self.late = True
        done: set[tuple[int, int, int]] = set()
        for _ in range(MAX_ROUNDS):
            # What one of them binds for others to see, those before it have not seen.
            waiting = [
                function
                for function in self._uncalled()
                if (id(function), len(function.carries), len(self.left)) not in done
            ]
            later, self.deferred = self.deferred, []
            if not waiting and not later and not self._judge_written():
                return
            self.settling = True
            for state, code, _ in later:
                if state != (self.version, self.rebound):
                    code()
            self.settling = False
            for function in waiting:
                done.add((id(function), len(function.carries), len(self.left)))
                functions.anyhow(self, function)
        raise OutOfWorkError

    def _judge_written(self) -> bool:
        """Follow what was written where something runs it; return whether there was anything."""
        if not self.written.files and not self.written.gone:
            return False
        from execgate.analysis.written.judging import settle

        return settle(self)

    def _uncalled(self) -> list[Func]:
        found = [
            f for node, defined in self.functions.items() if node not in self.entered for f in defined[:4]
        ]
        known = {id(function) for function in found}
        found += [function for function in self.escaped.values() if id(function) not in known]
        # Constructors first: what they set is what the other methods read.
        return sorted(found, key=lambda function: function.name != "__init__")


def analyze(
    source: Source,
    staged: Mapping[str, Source] | None = None,
    *,
    earlier: Sequence[Source] = (),
    inner: int = 0,
    shared: Work | None = None,
) -> Program:
    """Return everything that `source` can do, in the order of its text.

    `staged` are files by their name that it may import and run; `earlier` are programs that ran before it in
    the same interpreter, whose names it finds, and who can act again by them: what they do is part of what
    it does, at its first character.  `inner` is how many programs started each
    other on the way here, and `shared` what work they have left together.  Raises SourceError, with line and
    column, for what is no program that can be analysed.
    """
    with _uncollected():
        return _analyzed(source, staged or {}, earlier, inner, shared)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let no garbage be looked for while trees grow, of which all is in use: it takes as long as parsing."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _analyzed(
    source: Source,
    staged: Mapping[str, Source],
    earlier: Sequence[Source],
    inner: int,
    shared: Work | None,
) -> Program:
    if shared is None:
        WALKED.nodes = 0
    else:
        shared.step(STARTING + PARSING * len(source.text))
    tree, module = guard.parse(source)
    machine = Interpreter(len(source.text) + sum(len(one.text) for one in earlier))
    machine.staged, machine.inner = staged, inner
    machine.earlier = tuple(map(_as_far_as_it_came, earlier))
    if shared is not None:
        machine.work = shared.work
    try:
        machine.follow(module)
    except OutOfWorkError:
        machine.gap(
            "there is more code to follow than is followed",
            module,
            "split the program, or make its loops and calls simpler",
        )
    except RecursionError as error:
        raise SourceError(
            "too deeply nested to analyse", help="give parts of the code names of their own"
        ) from error
    if shared is not None:
        shared.work = machine.work
    places = [(found.node, found.statement) for found in machine.found.values()]
    places += machine.scripts.values()
    places += [(node, statement) for _, node, statement, _ in machine.gaps.values()]
    wanted = {id(node) for place in places for node in place}
    positions = Positions(source.text, tree, module, wanted)
    operations = _operations(machine, positions)
    if machine.scripts:
        from execgate.analysis.staging import rewritten

        scripts = {path: positions.span(*place) for path, place in machine.scripts.items()}
        operations += tuple(rewritten(operations, scripts, via="python"))
    return Program(source, operations, _gaps(machine, positions), earlier=tuple(earlier))


def _as_far_as_it_came(source: Source) -> cst.Try:
    """Return a program that may have ended anywhere, by an error or by leaving."""
    _, module = guard.parse(source)
    handler = cst.ExceptHandler(body=cst.SimpleStatementSuite([cst.Pass()]))
    return cst.Try(body=cst.IndentedBlock(body=module.body), handlers=[handler])


def _operations(machine: Machine, positions: Positions) -> tuple[Operation, ...]:
    placed = []
    for found in machine.found.values():
        span = positions.span(found.node, found.statement)
        placed.append((span.line, span.column, found.order, found.kind(location=span, **found.fields)))
    placed.sort(key=lambda entry: entry[:3])
    # The same operation from two nodes at one place is one.
    operations = dict.fromkeys(operation for *_, operation in placed)
    used = {found.destination for found in operations if isinstance(found, DatabaseOperation)}
    return tuple(found for found in operations if not _only_opens(found, used))


def _only_opens(operation: Operation, used: set[Text | None]) -> bool:
    """Return whether a database is opened here that statements are run on: they say what becomes of it."""
    if not isinstance(operation, FileOperation) or operation.via not in _OPENERS:
        return False
    path = operation.paths[0]
    return path in used or (isinstance(path, str) and _beside(path) in used)


_OPENERS = frozenset({"sqlite3.connect", "sqlite3.Connection"})


def _beside(path: str) -> str:
    return path.removeprefix("./") if path.startswith("./") else f"./{path}"


def _gaps(machine: Machine, positions: Positions) -> tuple[Gap, ...]:
    found = [
        Gap(why, positions.span(node, statement), fix) for why, node, statement, fix in machine.gaps.values()
    ]
    return tuple(sorted(found, key=lambda gap: (gap.location.line, gap.location.column, gap.why)))
