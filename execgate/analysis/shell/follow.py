"""Shell text followed: every command with the words that it is given, in the state that it meets.

The shell is run over what is known in place of what is so: both arms of an `if`, loops until nothing new
comes, functions where they are called, and those that nothing calls at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Many
from dataclasses import replace
from typing import Any

from execgate.analysis.holes import ANY, NUMBER, has_hole
from execgate.analysis.shell.expansion import MAX_COMBINATIONS, Expander, extended
from execgate.analysis.shell.grammar import read
from execgate.analysis.shell.notes import Notes
from execgate.analysis.shell.printing import printed
from execgate.analysis.shell.starters import Argument, Input, changes_programs
from execgate.analysis.shell.state import SOME_NUMBER, UNKNOWN, State, Value, join, joined, union, widened
from execgate.analysis.shell.tree import (
    Arithmetic,
    Assignment,
    Case,
    Chain,
    Command,
    Counting,
    For,
    Function,
    Group,
    If,
    Loop,
    Output,
    Pipeline,
    Redirection,
    Sequence,
    Simple,
    Stream,
    Test,
    Timed,
)
from execgate.analysis.work import OutOfWorkError, Work
from execgate.model.operation import EnvironmentAccess
from execgate.model.values import Text, Unknown

MAX_TURNS = 5
"""How many turns of a loop are followed; from the third on, what still changes counts as unknown."""

COMMAND = 10
"""How many pieces of work a command is."""

Ways = tuple["State | None", "State | None"]
"""What holds where a command succeeded, and where it failed; None where it never does."""

SPECIAL = frozenset(
    ". : break continue eval exec exit export readonly return set shift times trap unset source".split()
)
"""What comes before functions of the same name in some shells: there a function does not stand in for it."""

_DECIMAL = re.compile(rf"-?(?:[1-9{NUMBER}][0-9{NUMBER}]*|0)?")

_ONLY_BASH = frozenset("declare typeset let shopt source mapfile readarray pushd popd dirs builtin".split())

_DECLARES = frozenset({"local", "declare", "typeset"})
"""What gives a function variables of its own."""

_ALSO_PROGRAMS = frozenset("echo printf test [ true false pwd kill".split())
"""What a shell does itself, though there is a program of that name too."""


class Follower(Notes):
    """Follows one shell text, and what it starts."""

    def __init__(
        self,
        *,
        bash: bool,
        counts_builtins: bool = False,
        files_known: Mapping[str, str] | None = None,
        work: Work | None = None,
    ) -> None:
        super().__init__(bash=bash, files_known=files_known, work=work)
        self._counts_builtins = counts_builtins
        """Whether what the shell does itself counts as a program, as where a program starts the shell."""
        self._returns: list[list[State | None]] = []
        self._breaks: list[list[State | None]] = []
        self._defined: dict[int, Function] = {}
        self._called: set[int] = set()
        self.locals: list[set[str]] = []
        """The names that the functions which are being followed have for themselves."""
        self.calculated: set[str] = set()
        """Variables of which bash calculates the value whenever they are set."""
        self.fixed: set[str] = set()
        """Variables that can't be set any more."""
        self._expand = Expander(
            self._printed, self._streamed, self._looked_at, self.gap, self.assigned, self.step
        )

    # Whole texts

    def text(self, text: str, state: State) -> None:
        """Follow a whole shell text."""
        self.state = state
        try:
            ok, fail = self._whole(text, state)
            self._uncalled(join(ok, fail) or state)
        except OutOfWorkError:
            self.gap("there is more shell text to follow than is followed", "split it, or make it simpler")
        except RecursionError:
            self.gap("the shell text is nested too deeply")

    def text_of(self, text: str, state: State) -> list[Text]:
        """Follow a whole shell text and return the programs in it."""
        with self.collected() as names:
            self.text(text, state)
        return names

    def words_of(self, arguments: Many[Argument]) -> list[Text]:
        """Follow an argument list and return the programs in it."""
        try:
            return self.argv_of(arguments)
        except OutOfWorkError:
            return [Unknown("there is more shell text to follow than is followed")]
        except RecursionError:
            return [Unknown("the shell text is nested too deeply")]

    def _whole(self, text: str, state: State) -> Ways:
        state.bash = self.bash
        self.step(len(text) // 8)
        tree, error = read(text, bash=self.bash)
        ways = self._sequence(tree, state)
        if error is not None:
            self.place = (error.at, error.at + 1)
            self.gap(str(error), error.help)
        return ways

    def _uncalled(self, state: State) -> None:
        """Follow the functions that nothing called: with any arguments and variables."""
        while waiting := [function for key, function in self._defined.items() if key not in self._called]:
            for function in waiting:
                self._called.add(id(function.body))
                late = state.copy()
                late.arguments = None
                late.variables = dict.fromkeys(late.variables, UNKNOWN)
                late.folders = UNKNOWN if late.folders != ("",) else late.folders
                self._returns.append([])
                self._run(function.body, late)
                self._returns.pop()

    def shell(
        self, text: Argument, *, bash: bool | None = None, arguments: Many[Argument] = ()
    ) -> list[Text]:
        """Follow a shell text that another program is given; returns the programs in it."""
        if text is None:
            return [Unknown("the shell text is only known when it runs")]
        with self.deeper() as fits, self.inside(), self.collected() as names, self.placed():
            if not fits:
                return [Unknown("shell texts are nested too deeply")]
            state = State(folders=self.state.folders, inherits=True)
            state.arguments = None if None in arguments else tuple(a for a in arguments if a is not None)
            self.bash = self.bash if bash is None else bash
            self._whole(text, state)
        return names

    def evaluate(self, text: str, state: State) -> Ways:
        """Follow a text in the shell itself, as `eval` does."""
        with self.deeper() as fits, self.placed():
            if not fits:
                self.gap("shell texts are nested too deeply")
                return state, state.copy()
            place = self.place
            ways = self._whole(text, state)
            self.place = place
            return ways

    # What is substituted in words

    def _printed(self, part: Output, state: State) -> Value:
        self._aside(part.body, state)
        return printed(part.body, state)

    def _streamed(self, part: Stream, state: State) -> None:
        self._aside(part.body, state)

    def _aside(self, body: Sequence, state: State) -> None:
        """Follow commands within a command, in a shell of their own."""
        with self.deeper() as fits, self.inside():
            if not fits:
                raise OutOfWorkError
            self._sequence(body, state.copy())

    def _looked_at(self, name: str, state: State) -> None:
        if state.is_inherited(name) and not state.inherits:
            self.note(EnvironmentAccess, via=self.shell_name, operation="read", names=(name,))

    # Commands

    def _run(self, node: Command, state: State) -> Ways:
        # What is known is copied and joined at every command.
        self.step(COMMAND + (len(state.variables) + len(state.arrays) + len(state.functions)) // 2)
        return _RULES[type(node)](self, node, state)

    def _sequence(self, node: Sequence, state: State) -> Ways:
        ways: Ways = (state, None)
        for index, command in enumerate(node.commands):
            # What stands behind `exit` is followed all the same.
            current = self._going_on(node.commands[index - 1], ways) if index else state
            state = current or state
            ways = self._run(command, state.copy())
            if index in node.background:
                ways = (state, None)
        return ways

    @staticmethod
    def _going_on(command: Command, ways: Ways) -> State | None:
        """Return what holds behind a command: with `set -e`, only that it succeeded."""
        ok, fail = ways
        if ok is not None and ok.stops and not isinstance(command, (Chain, Pipeline)):
            return ok
        return join(ok, fail)

    def _chain(self, node: Chain, state: State) -> Ways:
        ok, fail = self._run(node.first, state)
        for operator, command in node.rest:
            before = ok if operator == "&&" else fail
            then, otherwise = self._run(command, (before or ok or fail or state).copy())
            if before is None:
                continue  # followed, though nothing comes there
            if operator == "&&":
                ok, fail = then, join(fail, otherwise)
            else:
                ok, fail = join(ok, then), otherwise
        return ok, fail

    def _pipeline(self, node: Pipeline, state: State) -> Ways:
        if len(node.stages) == 1:
            ok, fail = self._run(node.stages[0], state)
            return (fail, ok) if node.negated else (ok, fail)
        kept = self.input
        for index, stage in enumerate(node.stages):
            if index:
                text = printed(Sequence(node.stages[:1]), state) if index == 1 else UNKNOWN
                self.input = Input(text[0] if len(text) == 1 and not has_hole(text[0]) else None)
            self._run(stage, state.copy())
        self.input = kept
        return state, state.copy()

    def _group(self, node: Group, state: State) -> Ways:
        with self.reading(self._redirect(node.redirections, state)):
            if not node.is_subshell:
                return self._sequence(node.body, state)
            self._sequence(node.body, state.copy())
            return state, state.copy()

    def _if(self, node: If, state: State) -> Ways:
        ends: list[State | None] = []
        rest: State | None = state
        with self.reading(self._redirect(node.redirections, state)):
            for condition, body in node.arms:
                ok, fail = self._condition(condition, (rest or state).copy())
                ends += self._sequence(body, (ok or rest or state).copy())
                rest = fail
            if node.otherwise is not None:
                ends += self._sequence(node.otherwise, (rest or state).copy())
            else:
                ends.append(rest)
        after = joined(ends)
        return after, after

    def _condition(self, node: Sequence, state: State) -> Ways:
        """Follow commands of which a failure does not end the shell."""
        stops, state.stops = state.stops, False
        ok, fail = self._sequence(node, state)
        ok, fail = ok and ok.copy(), fail and fail.copy()
        for way in (ok, fail):
            if way is not None:
                way.stops = stops
        return ok, fail

    def _loop(self, node: Loop, state: State) -> Ways:
        def turn(entry: State) -> Ways:
            ok, fail = self._condition(node.condition, entry.copy())
            into, out = (fail, ok) if node.until else (ok, fail)
            return join(*self._sequence(node.body, (into or entry).copy())), out

        with self.reading(self._redirect(node.redirections, state)):
            return self._turns(state, turn)

    def _for(self, node: For, state: State) -> Ways:
        self.place = node.place
        if node.words is None:
            items = UNKNOWN if state.arguments is None else state.arguments
        else:
            ways = [way for word in node.words for way in self._expand.fields(word, state)]
            items = union(*(tuple(way) for way in ways)) if ways else ()
        self.place = node.place
        self.assigned(node.name, items)

        def turn(entry: State) -> Ways:
            inner = entry.copy()
            inner.variables[node.name] = items or UNKNOWN
            return join(*self._sequence(node.body, inner)), entry

        with self.reading(self._redirect(node.redirections, state)):
            if 0 < len(items) <= MAX_COMBINATIONS // 2 and not any(has_hole(item) for item in items):
                return self._unrolled(node, items, state)
            return self._turns(state, turn)

    def _unrolled(self, node: For, items: Value, state: State) -> Ways:
        """Follow a loop through constants one by one."""
        self._breaks.append([])
        current: State | None = state
        for item in items:
            inner = (joined([current, *self._breaks[-1]]) or state).copy()
            inner.variables[node.name] = (item,)
            current = join(*self._sequence(node.body, inner))
        current = joined([current, *self._breaks.pop()])
        return current, current

    def _counting(self, node: Counting, state: State) -> Ways:
        def turn(entry: State) -> Ways:
            inner = entry.copy()
            self._expand.calculated(node.expressions, inner)
            return join(*self._sequence(node.body, inner)), entry

        self.place = node.place
        with self.reading(self._redirect(node.redirections, state)):
            self._expand.calculated(node.expressions.partition(";")[0], state)
            return self._turns(state, turn)

    def _turns(self, state: State, turn: Callable[[State], Ways]) -> Ways:
        """Follow the turns of a loop until nothing new comes; `turn` gives its end, and where it was left."""
        entry = state
        out: State | None = None
        left: list[State | None] = []
        for count in range(MAX_TURNS):
            self._breaks.append([])
            after, ended = turn(entry)
            broken = self._breaks.pop()
            out = join(out, ended)
            left += broken
            following = joined([entry, after, *broken])
            if following is None or following == entry:
                break
            entry = widened(entry, following) if count > 1 else following
        end = joined([out, *left]) or entry
        return end, end

    def _case(self, node: Case, state: State) -> Ways:
        ends: list[State | None] = [state]
        with self.reading(self._redirect(node.redirections, state)):
            self._expand.value(node.subject.parts, state)
            for patterns, body in node.arms:
                for pattern in patterns:
                    self._expand.value(pattern.parts, state)
                ends += self._sequence(body, state.copy())
        after = joined(ends)
        return after, after

    def _function(self, node: Function, state: State) -> Ways:
        self.place = node.place
        if node.name in SPECIAL:
            self.gap(f"shells differ on a function called `{node.name}`")
        self._defined[id(node.body)] = node
        state.functions[node.name] = (node.body,)
        state.unsure -= {node.name}
        return state, None

    def _test(self, node: Test, state: State) -> Ways:
        self.place, self.state, self.via = node.place, state, self.shell_name
        self._redirect(node.redirections, state)
        values = [self._expand.value(word.parts, state) for word in node.words]
        self.place, self.state, self.via = node.place, state, self.shell_name
        for index, word in enumerate(node.words):
            if word.raw in {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"}:
                for side in values[max(index - 1, 0) : index] + values[index + 1 : index + 2]:
                    if not all(re.fullmatch(rf"[\s0-9{NUMBER}+-]*", text) for text in side):
                        help_ = "write `[ ... ]` in place of `[[ ... ]]`"
                        self.gap(
                            "bash calculates here with a text that is not known, which can run commands",
                            help_,
                        )
            elif word.raw in {"-v", "-R"}:
                self.gap("an index that bash calculates can run commands")
            elif re.fullmatch(r"-[bcdefghkLpOrsSuwxGN]", word.raw):
                for text in values[index + 1] if index + 1 < len(values) else ():
                    self.files("stat", [None if text == ANY else text])
        return state, state.copy()

    def _arithmetic(self, node: Arithmetic, state: State) -> Ways:
        self.place = node.place
        self._redirect(node.redirections, state)
        self._expand.calculated(node.expression, state)
        return state, state.copy()

    def _timed(self, node: Timed, state: State) -> Ways:
        self.place = node.place
        if not self.bash:
            self.start(["time"], state)
        return self._run(node.body, state)

    # Simple commands

    def _simple(self, node: Simple, state: State) -> Ways:
        self.place, self.state = node.place, state
        self.step(len(node.words) + COMMAND // 2 * len(node.redirections))
        ways: list[list[str]] = [[]]
        for word in node.words:
            found = self._expand.fields(word, state)
            ways = extended(ways, found)
            if len(ways) > MAX_COMBINATIONS:
                ways = [[*ways[0][:1], ANY]] if len({way[0] for way in ways if way}) == 1 else [[ANY]]
        assigned = [self._assignment(assignment, state) for assignment in node.assignments]
        self.prints = _output(node, state)
        opened = self._redirect(node.redirections, state)
        self.prints = None
        ends: list[Ways] = []
        with self.reading(opened):
            for words in ways:
                self.place = node.place
                inner = state.copy()
                if words:
                    ends.append(self._command(words, inner, assigned))
                else:
                    _set(inner, assigned)
                    ends.append((inner, None))
        return joined([ok for ok, _ in ends]), joined([fail for _, fail in ends])

    def _assignment(self, node: Assignment, state: State) -> tuple[str, Value, bool]:
        """Return what an assignment sets, and whether that is an array."""
        name, value, is_array = self._assigned_value(node, state)
        self.assigned(name, value)
        return name, value, is_array

    def _assigned_value(self, node: Assignment, state: State) -> tuple[str, Value, bool]:
        if node.is_array:
            fields = [self._expand.fields(word, state) for word in node.words]
            known = all(len(ways) == 1 for ways in fields)
            items = tuple(item for ways in fields for item in ways[0]) if known else UNKNOWN
            return node.name, (*state.arrays.get(node.name, ()), *items) if node.appends else items, True
        value = self._expand.value(node.words[0].parts, state) if node.words else ("",)
        if node.index is not None:
            if not re.fullmatch(r"[0-9]+|([\"']).*\1", node.index):
                self._expand.calculated(node.index, state)
            return node.name, UNKNOWN, True
        if node.appends:
            if node.name in state.arrays:
                return node.name, UNKNOWN, True
            if node.name in self.calculated and all(_DECIMAL.fullmatch(text) for text in value):
                return node.name, SOME_NUMBER, False
            before = ("",) if state.is_unset(node.name) else state.value(node.name)
            value = union(tuple(old + new for old in before for new in value))
        return node.name, value, False

    def assigned(self, name: str, value: Value = UNKNOWN) -> None:
        """Note what follows from setting a variable to `value`."""
        if name in self.fixed:
            self.gap(f"`{name[:40]}` was made `readonly` and is set again")
        if name in self.calculated and not all(_DECIMAL.fullmatch(text) for text in value):
            self.gap("bash calculates here with a text, which can run commands")
        if changes_programs(name):
            self.gap(f"`{name[:40]}` decides which programs are started")

    def _command(self, words: list[str], state: State, assigned: list[tuple[str, Value, bool]]) -> Ways:
        """Follow a command of which the words are known as far as they ever are."""
        from execgate.analysis.shell.builtins import BUILTINS

        name = words[0]
        bodies = state.functions.get(name)
        if bodies is not None and name not in SPECIAL:
            ways = self._call(bodies, words[1:], state, assigned)
            if name not in state.unsure:
                return ways
            other = self.start(words, state)
            return join(ways[0], other[0]), join(ways[1], other[1])
        rule = BUILTINS.get(name)
        if rule is None or (name in _ONLY_BASH and not self.bash):
            if rule is not None:
                self.gap(f"`{name}`: not every shell knows it", "label the block `bash`")
            return self.start(words, state)
        if self._counts_builtins and name in _ALSO_PROGRAMS:
            self.start(words, state)
        inner = state.copy()
        _set(inner, assigned)
        if name in _DECLARES and self.locals:
            self.locals[-1].update(name for name, _, is_array in assigned if is_array)
        self.state, self.via = inner, self.shell_name
        ok, fail = rule(self, words, inner)
        return _restored(ok, state, assigned), _restored(fail, state, assigned)

    def _call(
        self,
        bodies: tuple[Command, ...],
        arguments: list[str],
        state: State,
        assigned: list[tuple[str, Value, bool]],
    ) -> Ways:
        """Follow a call of a function."""
        with self.deeper() as fits:
            if not fits:
                self.gap("functions of the shell text call each other too deeply")
                return state, state.copy()
            inner = state.copy()
            _set(inner, assigned)
            inner.arguments = None if ANY in arguments else tuple(arguments)
            place = self.place
            own: set[str] = set()
            ends: list[State | None] = []
            for body in bodies:
                self._called.add(id(body))
                self._returns.append([])
                self.locals.append(set())
                ends += self._run(body, inner.copy())
                ends += self._returns.pop()
                own |= self.locals.pop()
            self.place = place
            after = joined(ends)
            if after is not None:
                after = after.copy()
                after.arguments = state.arguments
                _left(after, state, own)
            return after, after

    def leave(self, kind: str, state: State) -> Ways:
        """Follow `exit`, `return`, `break` or `continue`."""
        stack = {"return": self._returns, "break": self._breaks, "continue": self._breaks}.get(kind)
        if stack:
            stack[-1].append(state)
        return None, None

    def start(self, words: list[str], state: State) -> Ways:
        """Follow a command that is a program."""
        self.state = state
        self.spawn(words)
        return state, state.copy()

    # Redirections

    def _redirect(self, redirections: tuple[Redirection, ...], state: State) -> Input | None:
        """Note the files that redirections open; returns what standard input becomes, if it changes."""
        found: Input | None = None
        place = self.place
        for redirection in redirections:
            if redirection.operator == "&":
                continue
            is_input = redirection.descriptor in {"", "0"}
            here = redirection.here
            if here is not None:
                text = self._expand.value(here.parts, state)
                if is_input:
                    whole = text[0] if len(text) == 1 and not has_hole(text[0]) else None
                    found = Input(whole, None, here.at if here.exact else None)
                continue
            for path in self._expand.value(redirection.target.parts, state):
                self.place, self.state, self.via = redirection.target.place, state, self.shell_name
                # In a redirection, shells differ on whether a pattern is replaced.
                is_pattern = re.search(r"[*?\[]", redirection.target.raw) is not None
                self.opens(redirection.operator, None if path == ANY or is_pattern else path)
                if redirection.operator in {"<", "<>"} and is_input:
                    found = Input(None, path)
        self.place, self.state = place, state
        return found


def _output(node: Simple, state: State) -> str | None:
    """Return what a command prints into the files that its output goes to, None where it is not known."""
    to_files = [r for r in node.redirections if r.here is None]
    if not any(r.operator in {">", ">>"} for r in to_files) or any(
        r.descriptor not in {"", "1"} for r in to_files
    ):
        return None
    bare = replace(node, redirections=tuple(r for r in node.redirections if r.here is not None))
    text = printed(Sequence((bare,)), state)
    return text[0] if len(text) == 1 and not has_hole(text[0]) else None


def _set(state: State, assigned: list[tuple[str, Value, bool]]) -> None:
    for name, value, is_array in assigned:
        (state.arrays if is_array else state.variables)[name] = value
        if is_array:
            state.variables.pop(name, None)


def _left(after: State, before: State, own: set[str]) -> None:
    """Give variables back what they were before a function that has some of these names for itself.

    Not on every way through it, maybe: so what they were in there may stay, too.
    """
    for name in own:
        if name in after.arrays or name in before.arrays:
            after.arrays[name] = UNKNOWN
        elif name in after.variables:
            old = ("",) if before.is_unset(name) else before.value(name)
            after.variables[name] = union(after.variables[name], old)


def _restored(after: State | None, before: State, assigned: list[tuple[str, Value, bool]]) -> State | None:
    """Return the state behind a builtin: what was assigned for it alone may stay, and may not."""
    if after is None or not assigned:
        return after
    after = after.copy()
    for name, value, is_array in assigned:
        if not is_array:
            old = ("",) if before.is_unset(name) else before.value(name)
            after.variables[name] = union(after.variables.get(name, value), old)
    return after


_RULES: dict[type[Any], Callable[[Follower, Any, State], Ways]] = {
    Simple: Follower._simple,  # noqa: SLF001 - a table of this module's own rules
    Pipeline: Follower._pipeline,  # noqa: SLF001 - its own rule
    Chain: Follower._chain,  # noqa: SLF001 - its own rule
    Sequence: Follower._sequence,  # noqa: SLF001 - its own rule
    Group: Follower._group,  # noqa: SLF001 - its own rule
    If: Follower._if,  # noqa: SLF001 - its own rule
    Loop: Follower._loop,  # noqa: SLF001 - its own rule
    For: Follower._for,  # noqa: SLF001 - its own rule
    Counting: Follower._counting,  # noqa: SLF001 - its own rule
    Case: Follower._case,  # noqa: SLF001 - its own rule
    Function: Follower._function,  # noqa: SLF001 - its own rule
    Test: Follower._test,  # noqa: SLF001 - its own rule
    Arithmetic: Follower._arithmetic,  # noqa: SLF001 - its own rule
    Timed: Follower._timed,  # noqa: SLF001 - its own rule
}
