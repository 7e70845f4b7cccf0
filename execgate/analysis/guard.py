"""What has to hold before a text reaches libcst.

libcst is native code that crashes the process on deep nesting, and accepts texts that the running Python
refuses.  `ast.parse` is an order of magnitude cheaper, so it goes first: it decides what is valid Python
here, its tree bounds the depth, and it knows where things stand.
"""

from __future__ import annotations

import ast
import warnings

import libcst

from execgate.errors import SourceError
from execgate.model.source import Source

MAX_DEPTH = 100
"""How deeply expressions and blocks may nest; long sums, call chains and `elif`s don't count as deep."""

MAX_CHAIN = 500
"""How long a sum, an `and`, a dotted name, a call chain or a series of `elif`s may be."""

MAX_NODES = 250_000
"""How many expressions and statements a program may have."""

_DEEP_HELP = "give parts of the expression names of their own"


def parse(source: Source) -> tuple[ast.Module, libcst.Module]:
    """Return both trees of `source`; raises SourceError with a place for what is no program here."""
    tree = _guard(source.text)
    _bound(tree)
    try:
        return tree, libcst.parse_module(source.text)
    except libcst.ParserSyntaxError as error:
        raise SourceError(
            "two parsers disagree whether this is valid Python, so it can't be judged",
            line=error.raw_line,
            column=error.raw_column,
            help="write the line in plainer syntax, with spaces for indentation",
        ) from error
    except Exception as error:
        raise SourceError(f"the parser gave up ({type(error).__name__})") from error


def _guard(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            # An invalid escape in somebody's string is no news for whoever runs the gate.
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        column = max((error.offset or 1) - 1, 0)
        raise SourceError(f"not valid Python: {error.msg}", line=error.lineno, column=column) from error
    except (RecursionError, MemoryError) as error:
        raise SourceError("too deeply nested to analyse", help=_DEEP_HELP) from error
    except ValueError as error:
        raise SourceError(f"not valid Python: {error}") from error


def _bound(tree: ast.Module) -> None:
    """Refuse trees that are too large, or too deep for libcst or for a walk with one frame a level."""
    stack: list[tuple[ast.AST, int, int]] = [(tree, 0, 0)]
    count = 0
    while stack:
        node, depth, chain = stack.pop()
        count += 1
        kind = type(node)
        if depth > MAX_DEPTH or chain > MAX_CHAIN or (kind in _LINKED and _links(node) > MAX_CHAIN):
            raise SourceError(
                "too deeply nested to analyse",
                line=getattr(node, "lineno", None),
                column=getattr(node, "col_offset", None),
                help=_DEEP_HELP,
            )
        spine = _spine(node) if kind in _SPINES else None
        for name in kind._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for child in value:
                    if type(child) in _LEAVES:
                        count += 1
                    elif isinstance(child, ast.AST):
                        along = child is spine
                        stack.append((child, depth, chain + 1) if along else (child, depth + 1, chain))
            elif type(value) in _LEAVES:
                count += 1
            elif isinstance(value, ast.AST) and value._fields:
                stack.append((value, depth, chain + 1) if value is spine else (value, depth + 1, chain))
        if count > MAX_NODES:
            raise SourceError(
                f"too large: more than {MAX_NODES:,} expressions and statements",
                help="split the program, or hand data in as a file instead of a literal",
            )


_LEAVES = frozenset({ast.Name, ast.Constant})
"""What nothing is below, and most nodes are."""

_LINKED = frozenset({ast.BoolOp, ast.alias, ast.ImportFrom})


def _links(node: ast.AST) -> int:
    """Return how long a chain is that `ast` holds flat, and libcst as one level for each link."""
    if isinstance(node, ast.BoolOp):
        return len(node.values)
    if isinstance(node, ast.alias):
        return node.name.count(".")
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").count(".") + node.level
    return 0


_SPINES: dict[type[ast.AST], str] = {
    ast.BinOp: "left",
    ast.Attribute: "value",
    ast.Subscript: "value",
    ast.Call: "func",
    ast.If: "orelse",
}
"""The field along which a chain grows: it is walked in a loop, so its length is no depth."""


def _spine(node: ast.AST) -> ast.AST | None:
    """Return the child along which a chain grows."""
    child = getattr(node, _SPINES[type(node)])
    if isinstance(child, list):
        # An `elif` is an `if` that stands alone behind an `else`.
        return child[0] if len(child) == 1 and isinstance(child[0], ast.If) else None
    return child if isinstance(child, ast.AST) else None
