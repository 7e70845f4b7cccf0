"""From the tokens of a case file to fields and values; what they mean is not asked here.

policy: "team.policy"

test "what it shows" {
  agent: "reader"
  code: a block between ```python and ```
  code_file: "job.py"
  operation: network_call { destination: "api.example.com", scheme: "https" }
  tool: propose "search" { query: "x" }
  context: { phase: COMMIT, spent: { session: 9.50_usd } }
  expect: DENY by allowed_hosts, rule spending
  warns: rule look_twice
}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from execgate.model.verdict import Clause
from execgate.policy.problems import Problems, clipped, suggestion
from execgate.policy.testing.scanner import Token

MAX_DEPTH = 40
"""How deep blocks and lists may stand within each other."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A string, number, word or block of code; `kind` is the token's.

    In `unknown "why"` and `template "/data/{number}.csv"` the kind is that word, and `text` the string.
    """

    kind: str
    text: str
    clause: Clause
    word: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list in brackets."""

    items: tuple[Value, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Block:
    """Fields in braces, in the order of the text."""

    fields: tuple[Field, ...]
    clause: Clause


Value: TypeAlias = "Atom | Items | Block"


@dataclass(frozen=True, slots=True)
class Field:
    """`name: value`; `clause` is the name's place."""

    name: str
    value: Value
    clause: Clause


@dataclass(frozen=True, slots=True)
class Subject:
    """An operation: its type, where it stands before the block, and its fields."""

    word: Atom | None
    block: Block
    clause: Clause


@dataclass(frozen=True, slots=True)
class Tool:
    """A call of a tool: the stage and the arguments may be missing."""

    stage: Atom | None
    name: Atom
    block: Block | None
    clause: Clause


@dataclass(frozen=True, slots=True)
class Named:
    """A clause that an expectation names: a constraint and perhaps its entry, or `rule NAME`."""

    constraint: str
    entry: Atom | None
    clause: Clause


@dataclass(frozen=True, slots=True)
class Expected:
    """`ALLOW`, or `DENY by` clauses; `word` is None where there are clauses alone."""

    word: Atom | None
    by: tuple[Named, ...]
    clause: Clause


Given: TypeAlias = "Atom | Subject | Tool | Block | Expected"


@dataclass(frozen=True, slots=True)
class Test:
    """`test "name" { ... }`; each field by its name, with all that were written under it."""

    name: str
    fields: tuple[tuple[str, Given, Clause], ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Document:
    """The tests of one file, and the policy that it names."""

    policies: tuple[Atom, ...]
    tests: tuple[Test, ...]


class _StopError(Exception):
    """The rest of a test can't be read; its mistake is noted."""


def read(tokens: list[Token], problems: Problems) -> Document:
    """Return what the tokens say; behind a mistake, reading goes on at the next test."""
    return _Reader(tokens, problems).document()


class _Reader:
    def __init__(self, tokens: list[Token], problems: Problems) -> None:
        self._tokens = tokens
        self._problems = problems
        self._at = 0
        self._depth = 0
        self._fields: dict[str, Callable[[], Given]] = {
            "agent": self._string,
            "code": self._code,
            "code_file": self._string,
            "operation": self._operation,
            "tool": self._tool,
            "context": self._block,
            "expect": self._expected,
            "warns": self._warned,
        }

    def document(self) -> Document:
        policies: list[Atom] = []
        tests: list[Test] = []
        while self._token.kind != "END":
            self._construct(policies, tests)
        return Document(tuple(policies), tuple(tests))

    def _construct(self, policies: list[Atom], tests: list[Test]) -> None:
        self._depth = 0
        try:
            if self._is("NAME", "policy") and self._follows(":"):
                self._name()
                policies.append(self._string())
            elif self._is("NAME", "test"):
                tests.append(self._test())
            else:
                self._fail(
                    f"expected `test`, got {self._shown()}",
                    'a case is `test "what it shows" { agent: "..." code: ... expect: ALLOW }`',
                )
        except _StopError:
            self._skip()

    def _test(self) -> Test:
        clause = self._next().clause
        name = self._string("the name of the test")
        fields: list[tuple[str, Given, Clause]] = []
        opening = self._sign("{")
        while not self._closes("}", opening, "a test"):
            field = self._name()
            reader = self._fields.get(field.text)
            if reader is None:
                self._problems.at(
                    field.clause,
                    f"a test has no field `{clipped(field.text)}`",
                    suggestion(field.text, list(self._fields), what="there are"),
                )
                raise _StopError
            fields.append((field.text, reader(), field.clause))
            self._comma()
        return Test(name.text, tuple(fields), clause)

    # --- the fields of a test -------------------------------------------------------------------------------

    def _code(self) -> Atom:
        if self._token.kind != "CODE":
            self._fail(
                f"expected a block of code, got {self._shown()}",
                "write ```python, the code on lines of its own, and ```; or name a file with `code_file`",
            )
        return self._atom()

    def _operation(self) -> Subject:
        clause = self._token.clause
        word = self._atom() if self._token.kind == "NAME" else None
        return Subject(word, self._block(), clause)

    def _tool(self) -> Tool:
        clause = self._token.clause
        stage = self._atom() if self._token.kind == "NAME" else None
        name = self._string("the tool's name")
        return Tool(stage, name, self._block() if self._is("SIGN", "{") else None, clause)

    def _expected(self) -> Expected:
        if self._token.kind != "NAME":
            self._fail(f"expected a verdict, got {self._shown()}", "`ALLOW`, `DENY` or `ESCALATE`")
        word = self._atom()
        by: tuple[Named, ...] = ()
        if self._is("NAME", "by"):
            self._next()
            by = self._clauses()
        return Expected(word, by, word.clause)

    def _warned(self) -> Expected:
        clause = self._token.clause
        if self._is("NAME", "none"):
            self._next()
            return Expected(None, (), clause)
        return Expected(None, self._clauses(), clause)

    def _clauses(self) -> tuple[Named, ...]:
        found = [self._clause()]
        while self._is("SIGN", ",") and self._after(1).kind == "NAME" and self._after(2).text != ":":
            self._next()
            found.append(self._clause())
        return tuple(found)

    def _clause(self) -> Named:
        if self._token.kind != "NAME":
            self._fail(
                f"expected the clause that decides, got {self._shown()}",
                "name a constraint, as in `allowed_hosts`, or a rule, as in `rule spending`",
            )
        first = self._atom()
        if first.text == "rule":
            if self._token.kind != "NAME":
                self._fail(f"expected the name of the rule, got {self._shown()}")
            return Named(f"rule {self._atom().text}", None, first.clause)
        return Named(first.text, self._atom() if self._token.kind == "STRING" else None, first.clause)

    # --- values ---------------------------------------------------------------------------------------------

    def _block(self) -> Block:
        opening = self._sign("{")
        fields: list[Field] = []
        while not self._closes("}", opening, "a block"):
            name = self._name()
            fields.append(Field(name.text, self._value(), name.clause))
            self._comma()
        return Block(tuple(fields), opening)

    def _value(self) -> Value:
        if self._token.kind == "SIGN" and self._token.text in "{[":
            if self._depth == MAX_DEPTH:
                self._fail(f"more than {MAX_DEPTH} blocks and lists within each other")
            self._depth += 1
            value: Value = self._block() if self._token.text == "{" else self._list()
            self._depth -= 1
            return value
        if self._token.kind not in {"STRING", "NUMBER", "NAME"}:
            self._fail(f"expected a value, got {self._shown()}")
        atom = self._atom()
        if atom.kind == "NAME" and atom.text in {"unknown", "template"}:
            return Atom(atom.text, self._string(f"a string behind `{atom.text}`").text, atom.clause)
        return atom

    def _list(self) -> Items:
        opening = self._sign("[")
        items: list[Value] = []
        while not self._closes("]", opening, "a list"):
            items.append(self._value())
            self._comma()
        return Items(tuple(items), opening)

    def _string(self, what: str = "a string") -> Atom:
        if self._token.kind != "STRING":
            self._fail(
                f"expected {what}, got {self._shown()}",
                f'write it in quotes: "{clipped(self._token.text)}"' if self._token.kind == "NAME" else None,
            )
        return self._atom()

    def _name(self) -> Token:
        """Take a name and the colon behind it."""
        if self._token.kind not in {"NAME", "STRING"}:
            self._fail(f"expected a field, got {self._shown()}", "a field is `name: value`")
        name = self._next()
        self._sign(":")
        return name

    def _sign(self, sign: str) -> Clause:
        if not self._is("SIGN", sign):
            self._fail(f"expected `{sign}`, got {self._shown()}")
        return self._next().clause

    def _closes(self, sign: str, opening: Clause, what: str) -> bool:
        """Return whether a block or list ends here, and go behind its end."""
        if self._token.kind == "END":
            self._problems.at(opening, f"{what} without an end", f"close it with `{sign}`")
            raise _StopError
        if not self._is("SIGN", sign):
            return False
        self._next()
        return True

    def _comma(self) -> None:
        if self._is("SIGN", ","):
            self._next()

    # --- tokens ---------------------------------------------------------------------------------------------

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _after(self, count: int) -> Token:
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    def _follows(self, sign: str) -> bool:
        return self._after(1).kind == "SIGN" and self._after(1).text == sign

    def _is(self, kind: str, text: str) -> bool:
        return self._token.kind == kind and self._token.text == text

    def _shown(self) -> str:
        token = self._token
        if token.kind == "END":
            return "the end of the file"
        return "a block of code" if token.kind == "CODE" else f"`{clipped(token.text)}`"

    def _fail(self, message: str, help_: str | None = None) -> NoReturn:
        self._problems.at(self._token.clause, message, help_)
        raise _StopError

    def _skip(self) -> None:
        """Go to where the next test starts."""
        self._next()
        while self._token.kind != "END":
            if self._is("NAME", "test") and self._after(1).kind == "STRING" and self._after(2).text == "{":
                return
            self._next()

    def _atom(self) -> Atom:
        token = self._next()
        return Atom(token.kind, token.text, token.clause, token.word)

    def _next(self) -> Token:
        token = self._token
        if token.kind != "END":
            self._at += 1
        return token
