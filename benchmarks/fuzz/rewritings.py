"""Programs rewritten so that they do the same: each way returns None where a program is none that it fits."""

from __future__ import annotations

import ast
import builtins
import io
import random
import re
import tokenize
from collections.abc import Callable, Iterator

from benchmarks.fuzz.mutations import parsed

BY_NAME = {
    "locals",
    "globals",
    "vars",
    "dir",
    "exec",
    "eval",
    "compile",
    "__name__",
    "__qualname__",
    "__dict__",
}
"""A program that uses one of these can tell how its variables are called."""

_BUILTINS = frozenset(dir(builtins))


def unparsed(code: str) -> str | None:
    """Written anew, without comments, in one style."""
    return ast.unparse(parsed(code))


# Names.


def renamed(code: str) -> str | None:
    """Variables, functions, parameters and imported modules under other names."""
    tree = parsed(code)
    names = _own_names(tree)
    if names is None:
        return None
    _Renaming({name: f"{name}_{number}_" for number, name in enumerate(sorted(names))}).visit(tree)
    return ast.unparse(tree)


def _own_names(tree: ast.Module) -> set[str] | None:
    """Return the names that mean nothing but what the program binds them to, None where it looks at names."""
    bound: set[str] = set()
    spoken: set[str] = set()
    inner = {id(node) for cls in ast.walk(tree) if isinstance(cls, ast.ClassDef) for node in _own_nodes(cls)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            if node.id in BY_NAME:
                return None
            (spoken if id(node) in inner else bound).update(_if(isinstance(node.ctx, ast.Store), node.id))
        elif isinstance(node, ast.Attribute):
            if node.attr in BY_NAME:
                return None
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            (spoken if id(node) in inner else bound).add(node.name)
        elif isinstance(node, ast.ClassDef):
            spoken.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.update(_if(node.asname is not None and node.name != "*", node.asname or ""))
            spoken.update(_if(node.asname is None, node.name.partition(".")[0]))
        elif isinstance(node, ast.keyword):
            spoken.update(_if(node.arg is not None, node.arg or ""))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            spoken.update(re.findall(r"\w+", node.value))
        elif (isinstance(node, (ast.Import, ast.ImportFrom)) and id(node) in inner) or type(
            node
        ).__name__ in {"TypeVar", "ParamSpec", "TypeVarTuple", "MatchMapping", "MatchStar", "MatchAs"}:
            return None
    return {name for name in bound - spoken - _BUILTINS if not name.startswith("_")}


def _if(condition: bool, name: str) -> tuple[str, ...]:  # noqa: FBT001 - it reads as a sentence
    return (name,) if condition else ()


def _own_nodes(cls: ast.ClassDef) -> Iterator[ast.AST]:
    """Yield what stands in the body of a class itself, and not in its methods."""
    stack: list[ast.AST] = [*cls.body]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))


class _Renaming(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "arg", "asname"):
            value = getattr(node, field, None)
            if isinstance(value, str) and not isinstance(node, ast.keyword):
                setattr(node, field, self.names.get(value, value))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ExceptHandler)) and node.name:
            node.name = self.names.get(node.name, node.name)
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [self.names.get(name, name) for name in node.names]
        return super().generic_visit(node)


def aliased(code: str) -> str | None:
    """Every imported module and name under an alias."""
    tree = parsed(code)
    names = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, "module", "") != "__future__"
        for alias in node.names
        if alias.asname is None and "." not in alias.name and alias.name != "*"
    }
    for node in ast.walk(tree):
        stored = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and node.id in names
        named = isinstance(node, (ast.arg, ast.FunctionDef, ast.ClassDef)) and (
            getattr(node, "arg", "") in names or getattr(node, "name", "") in names
        )
        if (isinstance(node, ast.Name) and node.id in BY_NAME) or stored or named:
            return None
        if isinstance(node, ast.Import) and any(
            alias.name.partition(".")[0] in names and "." in alias.name for alias in node.names
        ):
            return None
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and names.intersection(re.findall(r"\w+", node.value))
        ):
            return None
        if isinstance(node, (ast.Global, ast.Nonlocal)) or (
            isinstance(node, ast.ClassDef)
            and any(isinstance(n, (ast.Import, ast.ImportFrom)) for n in ast.walk(node))
        ):
            return None
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.asname is None and alias.name in names:
                    alias.asname = f"{alias.name}_"
        elif isinstance(node, ast.Name) and node.id in names:
            node.id = f"{node.id}_"
    return ast.unparse(tree)


# Texts.


def commented(code: str) -> str | None:
    """Comments behind all statements, and empty lines below them."""
    rows = {token.start[0] for token in _tokens(code) if token.type == tokenize.NEWLINE and token.string}
    lines = code.split("\n")
    return "\n".join(f"{line}  # {n}\n\n" if n in rows else line for n, line in enumerate(lines, 1)) + "\n"


def uncommented(code: str) -> str | None:
    """No comments."""
    lines = code.split("\n")
    for token in _tokens(code):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return "\n".join(lines)


def _tokens(code: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(code).readline))


def _retoken(code: str, change: Callable[[tokenize.TokenInfo], str]) -> str:
    lines = code.split("\n")
    for token in reversed(_tokens(code)):
        (row, column), (end_row, end_column) = token.start, token.end
        if row == end_row and token.string:
            changed = change(token)
            if changed != token.string:
                line = lines[row - 1]
                lines[row - 1] = line[:column] + changed + line[end_column:]
    return "\n".join(lines)


def split(code: str) -> str | None:
    """Texts in two pieces that stand side by side."""
    return _retoken(
        code, lambda token: _halves(token.string) if token.type == tokenize.STRING else token.string
    )


def _halves(literal: str) -> str:
    if literal[0] not in "'\"" or len(literal) < 4 or "\\" in literal or literal[1:3] == literal[0] * 2:
        return literal
    middle = len(literal) // 2
    return f"{literal[:middle]}{literal[0]} {literal[0]}{literal[middle:]}"


def quoted(code: str) -> str | None:
    """Texts in the other quotes."""
    return _retoken(
        code, lambda token: _requoted(token.string) if token.type == tokenize.STRING else token.string
    )


def _requoted(literal: str) -> str:
    if literal[0] not in "'\"" or re.search(r"['\"\\]", literal[1:-1]):
        return literal
    quote = '"' if literal[0] == "'" else "'"
    return quote + literal[1:-1] + quote


def in_hex(code: str) -> str | None:
    """Whole numbers in hexadecimal."""
    return _retoken(
        code,
        lambda token: (
            f"{int(token.string):#x}"
            if token.type == tokenize.NUMBER and token.string.isdecimal() and not token.string.startswith("0")
            else token.string
        ),
    )


def parenthesised(code: str) -> str | None:
    """Brackets around names, calls and attributes, and lines broken within them."""
    tree = parsed(code)
    if not code.isascii():
        return None
    starts = [0]
    for line in code.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    inserts: list[tuple[int, int, str]] = []
    skipped = {
        id(inner) for node in ast.walk(tree) if isinstance(node, _NO_BRACKETS) for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Name, ast.Call, ast.Attribute, ast.Subscript))
            and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            and id(node) not in skipped
        ):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            inserts += [(start, end - start, "("), (end, start - end, "\n)")]
    for at, _, text in sorted(inserts, key=lambda entry: (entry[0], entry[2] == "(", entry[1]), reverse=True):
        code = code[:at] + text + code[at:]
    return code


_NO_BRACKETS: tuple[type[ast.AST], ...] = (ast.JoinedStr, ast.pattern, ast.withitem, ast.AnnAssign)


# Statements and expressions.


def always(code: str) -> str | None:
    """All of it below `if True`."""
    tree = parsed(code)
    if not tree.body or _has_future(tree):
        return None
    return ast.unparse(
        ast.fix_missing_locations(ast.Module([ast.If(ast.Constant(value=True), tree.body, [])], []))
    )


def in_main(code: str) -> str | None:
    """All of it in a function that is called."""
    tree = parsed(code)
    awkward = (ast.Global, ast.Await, ast.AsyncFor, ast.AsyncWith)
    for node in ast.walk(tree):
        if isinstance(node, awkward) or (isinstance(node, ast.ImportFrom) and node.names[0].name == "*"):
            return None
        if isinstance(node, ast.Name) and (node.id in BY_NAME or node.id == "main"):
            return None
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    named = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    named |= {n.asname for n in ast.walk(tree) if isinstance(n, ast.alias) and n.asname}
    # A name of a function is looked up by nobody else: bound anew in a module, these change what others find.
    if not tree.body or _has_future(tree) or (stored | named) & (_BUILTINS | {"main", "__builtins__"}):
        return None
    return f"def main():\n{_indented(ast.unparse(tree))}\nmain()\n"


def _indented(code: str) -> str:
    tree = parsed("def main():\n    pass\n")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = parsed(code).body
    return ast.unparse(tree).partition("\n")[2]


def _has_future(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)


class _Getattr(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        private = node.attr.startswith("__")
        if not isinstance(node.ctx, ast.Load) or private:
            return node
        return ast.Call(ast.Name("getattr", ast.Load()), [node.value, ast.Constant(node.attr)], [])

    def visit_MatchValue(self, node: ast.AST) -> ast.AST:
        return node

    visit_MatchClass = visit_MatchValue  # noqa: N815 - as the library calls it

    def visit_MatchMapping(self, node: ast.AST) -> ast.AST:
        return node


def by_getattr(code: str) -> str | None:
    """Attributes by `getattr` with a constant."""
    tree = parsed(code)
    if any(
        isinstance(node, ast.Name) and node.id == "getattr" and isinstance(node.ctx, ast.Store)
        for node in ast.walk(tree)
    ):
        return None
    return ast.unparse(ast.fix_missing_locations(_Getattr().visit(tree)))


class _Temporaries(ast.NodeTransformer):
    def __init__(self) -> None:
        self.count = 0

    def _split(self, node: ast.Expr | ast.Assign | ast.Return) -> ast.AST | list[ast.stmt]:
        call = node.value
        if not isinstance(call, ast.Call):
            return node
        lazy = (ast.Starred, ast.GeneratorExp, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
        if any(isinstance(inner, lazy) for inner in ast.walk(call)) or any(
            k.arg is None for k in call.keywords
        ):
            return node
        before: list[ast.stmt] = []
        places: list[tuple[list[ast.expr] | ast.keyword, int]] = [
            (call.args, n) for n in range(len(call.args))
        ]
        places += [(keyword, 0) for keyword in call.keywords]
        for holder, index in places:
            self.count += 1
            name = f"temporary_{self.count}"
            value = holder.value if isinstance(holder, ast.keyword) else holder[index]
            before.append(ast.Assign([ast.Name(name, ast.Store())], value))
            if isinstance(holder, ast.keyword):
                holder.value = ast.Name(name, ast.Load())
            else:
                holder[index] = ast.Name(name, ast.Load())
        return [*before, node]

    visit_Expr = visit_Assign = visit_Return = _split  # noqa: N815 - as the library calls them

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        # A name in the body of a class is an attribute.
        node.body = [
            self.visit(statement) if isinstance(statement, ast.FunctionDef) else statement
            for statement in node.body
        ]
        return node


def with_temporaries(code: str) -> str | None:
    """Arguments of calls in variables of their own."""
    return ast.unparse(ast.fix_missing_locations(_Temporaries().visit(parsed(code))))


SAME: dict[str, Callable[[str], str | None]] = {
    "written anew": unparsed,
    "renamed": renamed,
    "aliased": aliased,
    "commented": commented,
    "uncommented": uncommented,
    "split": split,
    "quoted": quoted,
    "in hex": in_hex,
    "parenthesised": parenthesised,
    "below if True": always,
    "in main": in_main,
    "by getattr": by_getattr,
    "with temporaries": with_temporaries,
}
"""Ways to write a program that do not change what it does."""

_ADDED = (
    "zz_1 = [1, 'a']",
    "def zz_2(zz_3, *zz_4):\n    return zz_3, zz_4",
    "class ZZ5:\n    def zz_6(self):\n        return self.zz_6()",
    "import json as zz_7\nzz_7.dumps({})",
    "for zz_8 in range(9):\n    print(zz_8)",
    "try:\n    zz_9 = len('a')\nexcept ValueError as zz_9:\n    pass",
)


def extended(code: str, random_: random.Random) -> str:
    """Return a program with statements behind its own that rebind nothing."""
    return code + "\n" + "\n".join(random_.sample(_ADDED, 2)) + "\n"
