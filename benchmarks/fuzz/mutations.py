"""Programs changed at random: their letters, their tokens, or their trees, which stay valid more often."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import random
import tokenize
import warnings
from collections.abc import Callable, Iterator, Sequence

NAMES = """
    open os sys eval exec getattr setattr __import__ type super print input map list dict globals vars
    __builtins__ __name__ __class__ __init__ __getattr__ __call__ self cls _ a x f subprocess pathlib
    importlib
    """.split()
"""Names that lead somewhere, put where others stood."""

CONSTANTS: tuple[object, ...] = (
    *(
        None,
        True,
        ...,
        0,
        -1,
        1 << 70,
        1e309,
        1j,
        "",
        "os",
        "system",
        "a\0b",
        "\ud800",
        "../" * 9,
        "{0.__class__}",
    ),
    *("%s" * 9, "rm -rf $(id)", "DROP TABLE a; --", "http://a@b:c/", b"", b"\xff", "x = open('y')", "\u202e"),
)
"""Constants that mean something somewhere, put where others stood."""


def mutated(code: str, others: Sequence[str], random_: random.Random) -> str:
    """Return a program that began as `code`, changed once or a few times; it need not be valid."""
    for _ in range(random_.choice((1, 1, 2, 3, 6))):
        change = random_.choice((*_OF_TREES * 3, *_OF_TEXTS))
        # What can't be changed in one way is changed in another, next time.
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, tokenize.TokenError, IndexError):
            code = change(code, others, random_)
    return code


# Of texts and tokens.


def _truncate(code: str, _: Sequence[str], random_: random.Random) -> str:
    return code[: random_.randrange(len(code) + 1)]


def _letters(code: str, _: Sequence[str], random_: random.Random) -> str:
    at = random_.randrange(len(code) + 1)
    letter = random_.choice("()[]{}:,.\n\t \\\"'#@=*\r\x0c\ufeff\u2028\u0130\0\ud800")
    return code[:at] + letter + code[at + random_.randrange(2) :]


def _tokens(code: str, _: Sequence[str], random_: random.Random) -> str:
    tokens = [(token.type, token.string) for token in tokenize.generate_tokens(io.StringIO(code).readline)]
    at, other = random_.randrange(len(tokens)), random_.randrange(len(tokens))
    what = random_.randrange(4)
    if what == 0:
        del tokens[at]
    elif what == 1:
        tokens.insert(at, tokens[other])
    elif what == 2:
        tokens[at], tokens[other] = tokens[other], tokens[at]
    else:
        tokens[at] = (tokenize.NAME, random_.choice(NAMES))
    return tokenize.untokenize(tokens)


def _splice_texts(code: str, others: Sequence[str], random_: random.Random) -> str:
    other = random_.choice(others)
    lines, more = code.splitlines(keepends=True), other.splitlines(keepends=True)
    at, start = random_.randrange(len(lines) + 1), random_.randrange(len(more) + 1)
    return "".join([*lines[:at], *more[start : start + random_.randrange(9)], *lines[at:]])


_OF_TEXTS = (_truncate, _letters, _tokens, _splice_texts)


# Of trees.


def _of_tree(change: Callable[[ast.Module, Sequence[str], random.Random], None]) -> Callable[..., str]:
    def changed(code: str, others: Sequence[str], random_: random.Random) -> str:
        tree = parsed(code)
        change(tree, others, random_)
        return ast.unparse(ast.fix_missing_locations(tree))

    return changed


def parsed(code: str) -> ast.Module:
    """Return the tree of a program; what Python would warn of is nobody's business here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            value = getattr(node, name, None)
            if isinstance(value, list) and value:
                yield value


@_of_tree
def _move(tree: ast.Module, _: Sequence[str], random_: random.Random) -> None:
    body = random_.choice(list(bodies(tree)))
    target = random_.choice(list(bodies(tree)))
    statement = random_.choice(body)
    what = random_.randrange(3)
    if what == 0 and len(body) > 1:
        body.remove(statement)
    elif what == 1:
        target.insert(random_.randrange(len(target) + 1), copy.deepcopy(statement))
    else:
        other = random_.randrange(len(body))
        at = body.index(statement)
        body[at], body[other] = body[other], body[at]


@_of_tree
def _splice(tree: ast.Module, others: Sequence[str], random_: random.Random) -> None:
    source = random_.choice(list(bodies(parsed(random_.choice(others)))))
    target = random_.choice(list(bodies(tree)))
    at = random_.randrange(len(target) + 1)
    target[at:at] = source[: random_.randrange(1, 9)]


_BLOCKS = """
if a: pass

if a: x = 1
else: pass

while a: pass

for a in x: pass
else: a = x

for _ in (1, 2): pass

try: pass
except E as a: x = a

try: 1
except* E: pass

try: 1
finally: pass

with a as x: pass

async def f(a): pass

def f(a, *x, **k): pass
f(f)

def f():
    yield
    pass
list(f())

class A(x): pass

class A:
    def __init__(self): pass
A()

match a:
    case [x, *_]: pass

match a:
    case {'k': x, **r}: pass
    case A(b=_): x = 1
""".strip().split("\n\n")
"""What statements are put into, in the place of the first `pass`."""


@_of_tree
def _wrap(tree: ast.Module, _: Sequence[str], random_: random.Random) -> None:
    body = random_.choice(list(bodies(tree)))
    start = random_.randrange(len(body))
    end = random_.randrange(start, len(body)) + 1
    blocks = parsed(random_.choice(_BLOCKS)).body
    for inner in bodies(ast.Module(blocks, [])):
        places = [at for at, statement in enumerate(inner) if isinstance(statement, ast.Pass)]
        if places:
            inner[places[0] : places[0] + 1] = body[start:end]
            break
    body[start:end] = blocks


_EXPRESSIONS = """
    (lambda: X)() | (lambda x: x)(X) | [X][0] | (X,) | {'k': X}['k'] | f'{X}' | f'{X!r:>{X}}' | (a := X)
    | [X for _ in x] | {X: X} | X if a else X | X or a | not X | -X | X.a | X() | X[0] | X[0:] | X + X
    | 'a' + X | X % (X, X) | getattr(X, 'a') | getattr(X, a) | X(X) | x(X) | x(*X, **X) | a(k=X) | str(X)
    | type(X) | X.__class__ | open(X) | eval(X) | exec(X) | map(X, X) | next(iter(X)) | X < X < X | {**X}
    | [*X] | X.format(X) | ''.join(X) | (yield X) | (await X) | (yield from X) | __import__(X) | super().X
    | X @ X | X ** X | X << X | X * X | sorted([X], key=X) | {k: v for k, v in X} | lambda a=X: X
    """.split(" | ")
"""What an expression, `X`, is put into."""


class _Replace(ast.NodeTransformer):
    """Replaces the expression of one number by what stands around it in a template."""

    def __init__(self, number: int, template: str) -> None:
        self.left = number
        self.template = template

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            self.left -= 1
            if self.left == 0:
                outer = parsed(self.template).body[0]
                if isinstance(outer, ast.Expr):
                    return _Fill(node).visit(outer.value)
        return self.generic_visit(node)


class _Fill(ast.NodeTransformer):
    def __init__(self, node: ast.expr) -> None:
        self.node = node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copy.deepcopy(self.node) if node.id == "X" else node


def _expression_count(tree: ast.AST) -> int:
    return sum(isinstance(node, ast.expr) for node in ast.walk(tree))


@_of_tree
def _nest(tree: ast.Module, _: Sequence[str], random_: random.Random) -> None:
    template = random_.choice(_EXPRESSIONS).strip()
    _Replace(random_.randrange(_expression_count(tree)) + 1, template).visit(tree)


@_of_tree
def _rename(tree: ast.Module, _: Sequence[str], random_: random.Random) -> None:
    found = [node for node in ast.walk(tree) if isinstance(node, (ast.Name, ast.Attribute))]
    node, name = random_.choice(found), random_.choice(NAMES)
    if isinstance(node, ast.Attribute):
        node.attr = name
    elif random_.randrange(2):
        for other in found:
            if isinstance(other, ast.Name) and other.id == node.id:
                other.id = name
    else:
        node.id = name


@_of_tree
def _constant(tree: ast.Module, _: Sequence[str], random_: random.Random) -> None:
    node = random_.choice([node for node in ast.walk(tree) if isinstance(node, ast.Constant)])
    node.value = random_.choice(CONSTANTS)
    node.kind = None


_OF_TREES = (_move, _splice, _wrap, _nest, _rename, _constant)
