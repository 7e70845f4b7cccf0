"""Where a libcst node stands in the text.

libcst nodes carry no positions, and its own provider costs more than parsing.  `ast` nodes do, so both trees
are walked in the order of the text and paired: the n-th call is the n-th call.  The walk happens only where
something is to be reported, and a text in which the counts differ is one that the two parsers read
differently.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

import libcst as cst

from execgate.errors import SourceError
from execgate.model.source import Span

_EXPRESSIONS: dict[type[cst.CSTNode], type[ast.AST]] = {
    cst.Call: ast.Call,
    cst.Attribute: ast.Attribute,
    cst.Subscript: ast.Subscript,
    cst.Name: ast.Name,
    cst.Lambda: ast.Lambda,
}

_CST_FIELDS: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Module: ("body",),
    cst.IndentedBlock: ("body",),
    cst.SimpleStatementLine: ("body",),
    cst.SimpleStatementSuite: ("body",),
    cst.Expr: ("value",),
    cst.Assign: ("targets", "value"),
    cst.AssignTarget: ("target",),
    cst.AugAssign: ("target", "value"),
    cst.AnnAssign: ("target", "annotation", "value"),
    cst.Annotation: ("annotation",),
    cst.Assert: ("test", "msg"),
    cst.Del: ("target",),
    cst.Raise: ("exc", "cause"),
    cst.From: ("item",),
    cst.Return: ("value",),
    cst.If: ("test", "body", "orelse"),
    cst.Else: ("body",),
    cst.While: ("test", "body", "orelse"),
    cst.For: ("target", "iter", "body", "orelse"),
    cst.Try: ("body", "handlers", "orelse", "finalbody"),
    cst.TryStar: ("body", "handlers", "orelse", "finalbody"),
    cst.ExceptHandler: ("type", "body"),
    cst.ExceptStarHandler: ("type", "body"),
    cst.Finally: ("body",),
    cst.With: ("items", "body"),
    cst.WithItem: ("item", "asname"),
    cst.AsName: ("name",),
    cst.FunctionDef: ("decorators", "params", "returns", "body"),
    cst.Decorator: ("decorator",),
    cst.Parameters: ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
    cst.Param: ("annotation", "default"),
    cst.ClassDef: ("decorators", "bases", "keywords", "body"),
    cst.Arg: ("value",),
    cst.Lambda: ("params", "body"),
    cst.Call: ("func", "args"),
    cst.Attribute: ("value",),
    cst.Subscript: ("value", "slice"),
    cst.SubscriptElement: ("slice",),
    cst.Index: ("value",),
    cst.Slice: ("lower", "upper", "step"),
    cst.BinaryOperation: ("left", "right"),
    cst.BooleanOperation: ("left", "right"),
    cst.UnaryOperation: ("expression",),
    cst.Comparison: ("left", "comparisons"),
    cst.ComparisonTarget: ("comparator",),
    cst.IfExp: ("body", "test", "orelse"),
    cst.NamedExpr: ("target", "value"),
    cst.Await: ("expression",),
    cst.Yield: ("value",),
    cst.Tuple: ("elements",),
    cst.List: ("elements",),
    cst.Set: ("elements",),
    cst.Element: ("value",),
    cst.StarredElement: ("value",),
    cst.Dict: ("elements",),
    cst.DictElement: ("key", "value"),
    cst.StarredDictElement: ("value",),
    cst.ListComp: ("elt", "for_in"),
    cst.SetComp: ("elt", "for_in"),
    cst.GeneratorExp: ("elt", "for_in"),
    cst.DictComp: ("key", "value", "for_in"),
    cst.CompFor: ("target", "iter", "ifs", "inner_for_in"),
    cst.CompIf: ("test",),
    cst.FormattedString: ("parts",),
    cst.FormattedStringExpression: ("expression", "format_spec"),
    cst.ConcatenatedString: ("left", "right"),
    cst.Match: ("subject", "cases"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.MatchValue: ("value",),
    cst.MatchOr: ("patterns",),
    cst.MatchOrElement: ("pattern",),
    cst.MatchAs: ("pattern",),
    cst.MatchList: ("patterns",),
    cst.MatchTuple: ("patterns",),
    cst.MatchSequenceElement: ("value",),
    cst.MatchMapping: ("elements",),
    cst.MatchMappingElement: ("key", "pattern"),
    cst.MatchClass: ("cls", "patterns", "kwds"),
    cst.MatchKeywordElement: ("pattern",),
}
"""The fields that can hold an expression or a statement, in the order of the text."""

_CONSTANTS = {"True", "False", "None"}
"""Names to libcst, constants to `ast`."""


class Positions:
    """Spans of nodes of one module, worked out when the first is asked for.

    Only top-level statements with one of the `wanted` nodes are paired, which are given by their ids.
    """

    def __init__(
        self, text: str, tree: ast.Module, module: cst.Module, wanted: Collection[int] | None = None
    ) -> None:
        self._text = text
        self._tree = tree
        self._module = module
        self._wanted = frozenset(wanted) if wanted is not None else None
        self._spans: dict[int, ast.AST] | None = None
        self._lines: list[str] | None = None

    def span(self, node: cst.CSTNode, statement: cst.CSTNode | None = None) -> Span:
        """Return where `node` stands, or the statement around it where its kind isn't paired."""
        if self._spans is None:
            self._spans = self._pair()
        found = self._spans.get(id(node))
        if found is None and statement is not None:
            found = self._spans.get(id(statement))
        if found is None:
            return Span(1, 0, 1, 0)
        # Only nodes that have a place are paired, which the type of a node can't say.
        start, end = found.lineno, found.end_lineno or found.lineno  # type: ignore[attr-defined]
        return Span(
            start,
            self._column(start, found.col_offset),  # type: ignore[attr-defined]
            end,
            self._column(end, found.end_col_offset or 0),  # type: ignore[attr-defined]
        )

    def _column(self, line: int, offset: int) -> int:
        """Turn an offset in UTF-8 bytes into one in characters."""
        if self._text.isascii():
            return offset
        if self._lines is None:
            self._lines = split_lines(self._text)
        if line > len(self._lines):
            return offset
        return len(self._lines[line - 1].encode("utf-8")[:offset].decode("utf-8", "ignore"))

    def _pair(self) -> dict[int, ast.AST]:
        spans: dict[int, ast.AST] = {}
        statements: list[cst.CSTNode] = []
        for line in self._module.body:
            statements += line.body if isinstance(line, cst.SimpleStatementLine) else (line,)
        if len(statements) != len(self._tree.body):
            raise SourceError(_DISAGREE)
        for statement, place in zip(statements, self._tree.body, strict=True):
            ours = _cst_nodes(statement)
            if self._wanted is not None and self._wanted.isdisjoint(map(id, ours)):
                continue
            theirs = _ast_nodes(place)
            if [_kind_of(node) for node in ours] != [_KINDS.get(type(node), ast.stmt) for node in theirs]:
                raise SourceError(_DISAGREE)
            spans.update(zip(map(id, ours), theirs, strict=True))
        return spans


_DISAGREE = "two parsers disagree how this is to be read, so it can't be judged"


def _kind_of(node: cst.CSTNode) -> type[ast.AST]:
    return _EXPRESSIONS.get(type(node), ast.stmt)


def split_lines(text: str) -> list[str]:
    """Split as Python's tokenizer does: at line feeds, with or without carriage return, and nowhere else."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


_STATEMENTS = frozenset(
    kind
    for base in (cst.BaseSmallStatement, cst.BaseCompoundStatement)
    for kind in vars(cst).values()
    if isinstance(kind, type) and issubclass(kind, base)
)


def _cst_nodes(statement: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the nodes of a statement that have a partner, in the order of the text."""
    found: list[cst.CSTNode] = []
    stack: list[cst.CSTNode] = [statement]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is cst.Name:
            # Where the kind is `Name` there is a value.
            if node.value not in _CONSTANTS:  # type: ignore[attr-defined]
                found.append(node)
            continue
        if kind in _EXPRESSIONS or kind in _STATEMENTS:
            found.append(node)
        for name in _BACKWARDS.get(kind, ()):
            value = getattr(node, name)
            if isinstance(value, (tuple, list)):
                stack.extend(value[::-1])
            elif value.__class__ in _BACKWARDS:
                stack.append(value)
    return found


_BACKWARDS: dict[type[cst.CSTNode], tuple[str, ...]] = {
    **dict.fromkeys((*_EXPRESSIONS, *_STATEMENTS), ()),
    **{kind: names[::-1] for kind, names in _CST_FIELDS.items()},
}
"""The fields of every kind that has a partner or holds what has one, from the last to the first."""

_KINDS = {kind: kind for kind in _EXPRESSIONS.values()}


def _ast_nodes(statement: ast.stmt) -> list[ast.AST]:
    """Return the nodes of a statement that have a partner, in the order of the text."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:
            found.append(node)
            continue
        if kind in _KINDS or isinstance(node, ast.stmt):
            found.append(node)
        stack.extend(_in_order(node)[::-1])
    return found


def _in_order(node: ast.AST) -> list[ast.AST]:
    """Return the children of `node` in the order of the text, where `ast` keeps another."""
    children: list[ast.AST | None]
    if isinstance(node, ast.Call):
        children = [node.func, *sorted([*node.args, *node.keywords], key=_start)]
    elif isinstance(node, ast.IfExp):
        children = [node.body, node.test, node.orelse]
    elif isinstance(node, ast.Dict):
        children = [child for pair in zip(node.keys, node.values, strict=True) for child in pair]
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        children = [*node.decorator_list, node.args, node.returns, *node.body]
    elif isinstance(node, ast.ClassDef):
        children = [*node.decorator_list, *node.bases, *node.keywords, *node.body]
    elif isinstance(node, ast.arguments):
        children = _parameters(node)
    elif isinstance(node, ast.MatchMapping):
        children = [child for pair in zip(node.keys, node.patterns, strict=True) for child in pair]
    elif isinstance(node, ast.match_case):
        children = [node.pattern, node.guard, *node.body]
    else:
        return _children(node)
    return [child for child in children if child is not None]


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [child for child in value if isinstance(child, ast.AST)]
        elif isinstance(value, ast.AST) and not isinstance(value, _LEAVES):
            found.append(value)
    return found


_LEAVES = (ast.expr_context, ast.Constant, ast.operator, ast.boolop, ast.unaryop)


def _start(node: ast.AST) -> tuple[int, int]:
    # Every argument has a place; the type of a node can't say it.
    place = node.value if isinstance(node, ast.keyword) else node
    return (place.lineno, place.col_offset)  # type: ignore[attr-defined]


def _parameters(node: ast.arguments) -> list[ast.AST | None]:
    positional = [*node.posonlyargs, *node.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(node.defaults))
    defaults += node.defaults
    children: list[ast.AST | None] = []
    for argument, default in zip(positional, defaults, strict=True):
        children += [argument.annotation, default]
    if node.vararg is not None:
        children.append(node.vararg.annotation)
    for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        children += [argument.annotation, default]
    if node.kwarg is not None:
        children.append(node.kwarg.annotation)
    return children
