"""Case files: which policy they test, and what each case hands in and expects."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from execgate.errors import PolicyError, SourceError
from execgate.model.context import Context
from execgate.model.operation import Operation
from execgate.model.program import Program
from execgate.model.source import LANGUAGES, MAX_BYTES, Source
from execgate.model.verdict import Clause, Decision
from execgate.policy.constraints import CONSTRAINTS, ListConstraint
from execgate.policy.language import text as texts
from execgate.policy.language.text import PolicyText
from execgate.policy.matching.pairs import BadEntryError
from execgate.policy.problems import Problems, clipped, suggestion
from execgate.policy.testing import scanner, tree, values
from execgate.policy.testing.tree import Atom, Block, Expected, Named, Test, Tool

SUFFIX = ".policytest"

_LANGUAGES = {
    "python": "python",
    "py": "python",
    "python3": "python",
    "sh": "sh",
    "shell": "sh",
    "bash": "bash",
}
_SUFFIXES = {".py": "python", ".sh": "sh", ".bash": "bash"}
_SUBJECTS = ("code", "code_file", "operation", "tool")
_CONTEXT = tuple(one.name for one in fields(Context))
_DECIDING = (
    "code_execution",
    "payment",
    "tool",
    "allowed_payment_phase",
    "delegation",
    "unresolved_code",
    "syntax",
    "agent",
)
"""What can decide besides constraints and rules."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A clause that has to decide: a constraint or rule, and an entry of it in any spelling."""

    constraint: str
    entries: tuple[str, ...] = ()
    """The canonical spellings of what is asked for; empty for the constraint as a whole."""
    clause: Clause | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.constraint if not self.entries else f'{self.constraint} "{clipped(self.entries[0])}"'


@dataclass(frozen=True, slots=True)
class Case:
    """One case: what is handed in for an agent in a context, and what has to come of it.

    One of `source`, `operations` and `tool` is there.  `warns` is None where the case says nothing of
    warnings, and else every constraint and rule that has to warn.
    """

    name: str
    agent: str
    decision: Decision
    clause: Clause
    source: Source | None = None
    operations: tuple[Operation, ...] = ()
    tool: Program | None = None
    context: Context = field(default_factory=Context)
    by: tuple[Expectation, ...] = ()
    warns: tuple[Expectation, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one file; `policy` is the policy file or folder that they are about."""

    path: str
    policy: Path
    cases: tuple[Case, ...]
    text: PolicyText = field(repr=False)


def find(path: Path) -> list[Path]:
    """Return the case files of a folder and below it, those beside a policy file, or else `path` itself.

    Hidden files and folders are left out.  Raises OSError.
    """
    if path.is_dir():
        return sorted(
            file
            for file in path.rglob(f"*{SUFFIX}")
            if not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
    if path.suffix == texts.SUFFIX:
        return [file for file in find(path.parent) if file.parent == path.parent]
    return [path]


def load(path: Path) -> CaseFile:
    """Return the cases of a file; raises PolicyError with every mistake in it."""
    problems = Problems()
    help_ = f"name a *{SUFFIX} file"
    try:
        # A pipe or a device may never end.
        if not path.is_dir() and path.exists() and not path.is_file():
            raise PolicyError(f"{path}: not a regular file", help=help_)
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such file"
        raise PolicyError(f"{path}: can't be read: {why.lower()}", help=help_) from error
    if len(data) > texts.MAX_BYTES:
        problems.whole(str(path), f"too large: {len(data):,} bytes, at most {texts.MAX_BYTES:,} are read")
        problems.raise_if_any()
    text = texts.decode(data, str(path), problems)
    if text is None:
        problems.raise_if_any()
        raise PolicyError(f"{path}: no text")  # pragma: no cover - what is no text is a problem
    return parse(text, problems, path)


def parse(text: PolicyText, problems: Problems, path: Path) -> CaseFile:
    """Return the cases of a text that lies, or would lie, at `path`; raises PolicyError."""
    document = tree.read(scanner.scan(text, problems), problems)
    reader = _Reader(path, problems)
    policy = path.parent
    for number, named in enumerate(document.policies):
        if number:
            problems.at(named.clause, "a second `policy`", "a file of cases is about one")
        policy = path.parent / named.text
    cases = tuple(case for test in document.tests if (case := reader.case(test)) is not None)
    if not document.tests and not problems.found:
        problems.whole(
            str(path), "no cases", 'write `test "what it shows" { agent: "..." code: ... expect: ALLOW }`'
        )
    problems.raise_if_any()
    return CaseFile(str(path), policy, cases, text)


class _Reader:
    """Turns what is written into cases."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self._path = path
        self._problems = problems
        self._names: dict[str, Clause] = {}

    def case(self, test: Test) -> Case | None:
        """Return one case, None where a mistake spoils it."""
        before = len(self._problems.found)
        self._name(test)
        agent = self._one(test, "agent", Atom)
        expected = self._one(test, "expect", Expected)
        context = self._one(test, "context", Block)
        for name, given in (("agent", agent), ("expect", expected)):
            if given is None:
                self._problems.at(test.clause, f"a test needs `{name}`", _NEEDED[name])
        case = {
            "context": self._context(context) if context is not None else Context(),
            "warns": self._warns(self._one(test, "warns", Expected)),
            **self._subject(test),
        }
        decision = self._decision(expected) if expected is not None else None
        by = tuple(map(self._expectation, expected.by)) if expected is not None else ()
        if len(self._problems.found) > before or agent is None or decision is None:
            return None
        return Case(test.name, agent.text, decision, test.clause, by=by, **case)

    def _name(self, test: Test) -> None:
        earlier = self._names.get(test.name)
        if earlier is not None:
            self._problems.at(
                test.clause,
                f"a test `{clipped(test.name)}` a second time",
                f"the first is on line {earlier.span.line}; rename one",
            )
        self._names.setdefault(test.name, test.clause)

    def _all(self, test: Test, name: str) -> Iterator[tuple[Any, Clause]]:
        return ((value, clause) for named, value, clause in test.fields if named == name)

    def _one(self, test: Test, name: str, kind: type[_Value]) -> _Value | None:
        found = list(self._all(test, name))
        for _, clause in found[1:]:
            self._problems.at(clause, f"`{name}` a second time in one test")
        return found[0][0] if found and isinstance(found[0][0], kind) else None

    def _subject(self, test: Test) -> dict[str, Any]:
        given = {name: list(self._all(test, name)) for name in _SUBJECTS}
        there = [name for name, found in given.items() if found]
        if len(there) != 1:
            self._problems.at(
                test.clause,
                "a test needs something to judge" if not there else f"a test with {' and '.join(there)}",
                "it has one of `code`, `code_file`, `tool`, or any number of `operation`",
            )
            return {}
        if there == ["operation"]:
            made = [
                values.operation(subject.word, subject.block, subject.clause, self._problems)
                for subject, _ in given["operation"]
            ]
            return {"operations": tuple(one for one in made if one is not None)}
        if there == ["tool"]:
            tool = self._one(test, "tool", Tool)
            return {} if tool is None else {"tool": values.tool_call(tool, self._problems)}
        if there == ["code"]:
            code = self._one(test, "code", Atom)
            return {} if code is None else {"source": self._code(code)}
        file = self._one(test, "code_file", Atom)
        return {} if file is None else {"source": self._file(file)}

    def _code(self, code: Atom) -> Source | None:
        language = _LANGUAGES.get(code.word or "python")
        if language is None:
            self._problems.at(
                code.clause,
                f"code in the language `{clipped(code.word)}` can't be judged",
                suggestion(code.word, LANGUAGES, what="there are"),
            )
            return None
        # With the lines before it, every place in the code is its place in the file.
        return self._source(
            code, lambda: Source("\n" * code.clause.span.line + code.text, str(self._path), language)
        )

    def _file(self, named: Atom) -> Source | None:
        path = self._path.parent / named.text
        language = _SUFFIXES.get(path.suffix, "python")
        try:
            if path.exists() and not path.is_file():
                raise OSError(None, "not a regular file")  # noqa: TRY301 - it is told as one that can't be read
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "no such file"
            near = difflib.get_close_matches(path.name, _beside(path), n=1)
            self._problems.at(
                named.clause,
                f"the file can't be read: {why.lower()}",
                f"did you mean `{clipped(near[0])}`?"
                if near
                else "a relative path starts at the file of cases",
            )
            return None
        return self._source(named, lambda: Source.from_bytes(data, str(path), language))

    def _source(self, place: Atom, make: Any) -> Source | None:
        try:
            source: Source = make()
        except SourceError as error:
            self._problems.at(place.clause, error.message, error.help)
            return None
        return source

    def _context(self, block: Block) -> Context:
        known: dict[str, Any] = {}
        for one in values.unique(block.fields, self._problems):
            if one.name not in _CONTEXT:
                self._problems.at(
                    one.clause,
                    f"a context has no field `{clipped(one.name)}`",
                    suggestion(one.name, _CONTEXT, what="there are"),
                )
                continue
            before = len(self._problems.found)
            value = values.plain(one.value, self._problems)
            if len(self._problems.found) > before:
                continue
            try:
                Context.from_json({one.name: value})
            except ValueError as error:
                self._problems.at(one.value.clause, clipped(str(error), 300))
                continue
            known[one.name] = value
        return Context.from_json(known)

    def _decision(self, expected: Expected) -> Decision | None:
        word = expected.word.text if expected.word is not None else ""
        if word in Decision.__members__:
            return Decision(word)
        known = list(Decision.__members__)
        close = next((one for one in known if one.lower() == word.lower()), None)
        help_ = f"did you mean `{close}`?" if close else "`ALLOW`, `DENY` or `ESCALATE`"
        self._problems.at(expected.clause, f"unknown verdict `{clipped(word)}`", help_)
        return None

    def _warns(self, expected: Expected | None) -> tuple[Expectation, ...] | None:
        return None if expected is None else tuple(map(self._expectation, expected.by))

    def _expectation(self, named: Named) -> Expectation:
        constraint = CONSTRAINTS.get(named.constraint)
        if (
            constraint is None
            and named.constraint not in _DECIDING
            and not named.constraint.startswith("rule ")
        ):
            self._problems.at(
                named.clause,
                f"no clause is called `{clipped(named.constraint)}`",
                suggestion(named.constraint, [*CONSTRAINTS, *_DECIDING], what="there are")
                if len(named.constraint) > 3
                else "name a constraint, or a rule as in `rule spending`",
            )
        if named.entry is None:
            return Expectation(named.constraint, (), named.clause)
        if not isinstance(constraint, ListConstraint):
            self._problems.at(named.entry.clause, f"`{clipped(named.constraint)}` has no entries")
            return Expectation(named.constraint, (), named.clause)
        try:
            shapes = constraint.read(named.entry.text, constraint.denies)
        except BadEntryError as error:
            self._problems.at(named.entry.clause, f"{error}: {clipped(named.entry.text)}", error.help)
            return Expectation(named.constraint, (), named.clause)
        return Expectation(
            named.constraint, tuple(dict.fromkeys(shape.text for shape in shapes)), named.clause
        )


_NEEDED = {
    "agent": 'name the agent that executes: `agent: "analyst"`',
    "expect": "`expect: ALLOW`, `expect: DENY` or `expect: ESCALATE`, and perhaps `by` which clause",
}


def _beside(path: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return []
