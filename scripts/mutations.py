"""The small changes of a module that some test has to notice, as changes of its syntax tree.

Left out, by rule, is what changes a wording alone: f-strings, docstrings, what a message is made from (the
arguments of `WORDING`), annotations, texts of more than one word, and every other text that the code does not
decide by.  One that it compares, looks up, or asks with a method of texts is changed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

WORDING = frozenset(
    "quoted clipped suggestion BadEntryError BadLimitError UnresolvableError Problem PolicyError "
    "TypeVar NewType cast field".split()
)
"""What is called with texts and places for a reader, and never decides anything."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_METHODS = {
    "startswith": "endswith",
    "endswith": "startswith",
    "removeprefix": "removesuffix",
    "removesuffix": "removeprefix",
    "partition": "rpartition",
    "rpartition": "partition",
    "find": "rfind",
    "rfind": "find",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
    "match": "search",
    "fullmatch": "match",
    "intersection": "union",
    "union": "intersection",
    "issubset": "issuperset",
}
_IDLE = frozenset(
    "lower upper casefold strip lstrip rstrip expandtabs normalize removeprefix removesuffix".split()
)
"""Methods of a text that give another text: without the call, the text is as it was."""
_ASKS = frozenset(
    "startswith endswith removeprefix removesuffix split rsplit partition rpartition find get".split()
)


@dataclass(frozen=True)
class Mutant:
    """One change: where, and from what to what; `apply` makes it in the tree that it was found in."""

    path: str
    function: str
    line: int
    change: str
    apply: Callable[[], None]
    within: tuple[ast.AST, ...]
    """The functions that it stands in, the outermost first; none for what runs when the module is loaded."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it, whatever lines stand above it."""
        return self.path, self.function, self.change


def mutants(path: str, tree: ast.Module) -> list[Mutant]:
    """Return every change of `tree`, in the order of the text; those that read the same are numbered."""
    found: list[Mutant] = []
    times: Counter[tuple[str, str, str]] = Counter()
    for mutant in _Finder(path).module(tree):
        times[mutant.key] += 1
        number = times[mutant.key]
        change = mutant.change if number == 1 else f"{mutant.change} #{number}"
        found.append(Mutant(path, mutant.function, mutant.line, change, mutant.apply, mutant.within))
    return found


class _Finder:
    def __init__(self, path: str) -> None:
        self.path = path
        self.names: list[str] = []
        self.functions: list[ast.AST] = []

    def module(self, tree: ast.Module) -> Iterator[Mutant]:
        yield from self._body(tree)

    def _mutant(
        self, node: ast.AST, old: ast.AST | str, new: ast.AST | str, apply: Callable[[], None]
    ) -> Mutant:
        change = f"{_shown(old)} -> {_shown(new)}"
        name = ".".join(self.names) or "(alone)"
        return Mutant(self.path, name, node.lineno, change, apply, tuple(self.functions))  # type: ignore[attr-defined]

    def _body(self, parent: ast.AST) -> Iterator[Mutant]:
        for name, value in ast.iter_fields(parent):
            if isinstance(value, list):
                for at, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield from self._node(item, _setter(value, at))
            elif isinstance(value, ast.AST):
                yield from self._node(value, _field(parent, name))

    def _node(self, node: ast.AST, put: Callable[[Any], None]) -> Iterator[Mutant]:
        if isinstance(node, (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.arguments)):
            # Defaults are what runs when the module is loaded.
            if isinstance(node, ast.arguments):
                yield from self._defaults(node)
            return
        if isinstance(node, ast.keyword) and node.arg == "strict":
            return  # of `zip`: only what can't happen would be noticed
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            if node.value is None or (not self.functions and _of_types(node)):
                return
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            named = not self.functions and isinstance(target, ast.Name)
            if named:
                self.names.append(cast("ast.Name", target).id)
            yield from self._node(node.value, _field(node, "value"))
            if named:
                self.names.pop()
            return
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # Decorators say how a method is reached; without one nothing would work.
            self.names.append(node.name)
            yield from self._node(node.args, _field(node, "args"))
            self.functions.append(node)
            for at, statement in enumerate(node.body):
                yield from self._node(statement, _setter(node.body, at))
            self.functions.pop()
            self.names.pop()
            return
        if isinstance(node, ast.Lambda):
            self.functions.append(node)
            yield from self._node(node.body, _field(node, "body"))
            self.functions.pop()
            return
        if isinstance(node, ast.ClassDef):
            self.names.append(node.name)
            for at, statement in enumerate(node.body):
                yield from self._node(statement, _setter(node.body, at))
            self.names.pop()
            return
        for old, new in _changes(node):
            yield self._mutant(node, old, new, _putter(put, new))
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in WORDING:
                return
        for child in _decisive(node):
            changed = ast.Constant(f"{child.value}\N{SNOWMAN}")
            yield self._mutant(child, child, changed, _valuer(child, changed.value))
        yield from self._conditions(node)
        yield from self._body(node)

    def _defaults(self, node: ast.arguments) -> Iterator[Mutant]:
        for values in (node.defaults, node.kw_defaults):
            for at, value in enumerate(values):
                if value is not None:
                    yield from self._node(value, _setter(values, at))

    def _conditions(self, node: ast.AST) -> Iterator[Mutant]:
        """Turn conditions round that are no comparison, and drop filters."""
        if isinstance(node, (ast.If, ast.While, ast.IfExp)) and isinstance(
            node.test, (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr, ast.Subscript, ast.BoolOp)
        ):
            new = ast.UnaryOp(ast.Not(), node.test)
            yield self._mutant(
                node.test, f"if {_shown(node.test)}", f"if {_shown(new)}", _put(node, "test", new)
            )
        if isinstance(node, ast.comprehension):
            for at, test in enumerate(node.ifs):
                apply = _putter(_setter(node.ifs, at), ast.Constant(value=True))
                yield self._mutant(test, f"for ... if {_shown(test)}", "for ...", apply)


def _changes(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Give what a node can become, each beside what it was."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            for other in _COMPARISONS[type(operator)]:
                yield (
                    node,
                    ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators),
                )
    elif isinstance(node, ast.BoolOp):
        yield node, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for at in range(len(node.values)):
            rest = [*node.values[:at], *node.values[at + 1 :]]
            yield node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, (ast.Not, ast.USub, ast.Invert)):
            yield node, node.operand
    elif isinstance(node, ast.BinOp):
        if not isinstance(node.left, ast.JoinedStr) and not isinstance(node.right, ast.JoinedStr):
            yield node, ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield node, ast.Constant(not node.value)
        elif isinstance(node.value, int):
            yield node, ast.Constant(node.value + 1)
            if node.value > 0:
                yield node, ast.Constant(node.value - 1)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Slice):
        if node.lower is not None:
            yield node, ast.Slice(None, node.upper, node.step)
        if node.upper is not None:
            yield node, ast.Slice(node.lower, None, node.step)
    elif isinstance(node, ast.Return):
        if node.value is not None and not isinstance(node.value, ast.Constant):
            yield node, ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Expr):
        if not isinstance(node.value, ast.Constant):
            yield node, ast.Pass()
    elif isinstance(node, (ast.AugAssign, ast.Raise, ast.Delete)):
        yield node, ast.Pass()
    elif isinstance(node, ast.Continue):
        yield node, ast.Break()
    elif isinstance(node, ast.Break):
        yield node, ast.Continue()


def _calls(node: ast.Call) -> Iterator[tuple[ast.AST, ast.AST]]:
    if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        yield node, ast.Call(ast.Name(_FUNCTIONS[node.func.id], ast.Load()), node.args, node.keywords)
    if isinstance(node.func, ast.Attribute):
        name = node.func.attr
        if name in _METHODS:
            other = ast.Attribute(node.func.value, _METHODS[name], ast.Load())
            yield node, ast.Call(other, node.args, node.keywords)
        if name in _IDLE and not (name == "normalize" and len(node.args) != 1):
            yield node, node.func.value


def _decisive(node: ast.AST) -> Iterator[ast.Constant]:
    """Give the texts below a node that it decides by."""
    held: list[ast.AST | None] = []
    if isinstance(node, ast.Compare):
        held += [node.left, *node.comparators]
    elif isinstance(node, ast.Subscript):
        held.append(node.slice)
    elif isinstance(node, ast.Dict):
        held += [*node.keys, *node.values]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ASKS:
        held += node.args[:1]
    elif isinstance(node, (ast.Set, ast.Tuple)):
        held += node.elts
    for item in held:
        items = item.elts if isinstance(item, (ast.Set, ast.Tuple, ast.List)) else [item]
        # What stands in a set or a tuple is given by itself when its turn comes.
        if not isinstance(item, (ast.Set, ast.Tuple)):
            for one in items:
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and " " not in one.value:
                    yield one


def _of_types(node: ast.Assign | ast.AnnAssign) -> bool:
    """Return whether it names a type, or what a module or a class consists of."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return isinstance(node.value, ast.Subscript) or node.targets[0].id in {"__slots__", "__all__"}
    return False


def _shown(node: ast.AST | str) -> str:
    text = node if isinstance(node, str) else ast.unparse(ast.fix_missing_locations(node))
    text = " ".join(text.split()) or "(nothing)"
    return text if len(text) <= 120 else f"{text[:80]} ... {text[-35:]}"


def _setter(values: list[Any], at: int) -> Callable[[Any], None]:
    return lambda new: values.__setitem__(at, new)


def _field(node: ast.AST, name: str) -> Callable[[Any], None]:
    return lambda new: setattr(node, name, new)


def _putter(put: Callable[[Any], None], new: ast.AST) -> Callable[[], None]:
    return lambda: put(new)


def _put(node: ast.AST, name: str, new: ast.AST | None) -> Callable[[], None]:
    return lambda: setattr(node, name, new)


def _valuer(node: ast.Constant, new: Any) -> Callable[[], None]:
    return lambda: setattr(node, "value", new)
