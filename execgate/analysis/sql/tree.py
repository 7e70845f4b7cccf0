"""What one statement does, read from its syntax tree; the only module that imports sqlglot.

sqlglot is made to understand as much as it can, so it is not taken at its word: a tree of a kind that is not
known here is refused, a function that is not known to be harmless counts as `execute`, and each verb that
stands in the text has to be found again in what the tree does.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from execgate.analysis.sql.lexer import Piece, Token
from execgate.analysis.sql.words import (
    ACTING_FUNCTIONS,
    BEFORE_NO_VERB,
    FILE_READERS,
    HARMLESS_ENGINES,
    HARMLESS_FUNCTIONS,
    HARMLESS_MODULES,
    HARMLESS_PROPERTIES,
    VERBS,
)
from execgate.model.values import Text, Unknown

# It warns of each statement that it can't parse, with its text; such statements are refused here.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

Effect = tuple[str, tuple[Text, ...], tuple[Text, ...], tuple[Text, ...]]
"""Operation, tables, files that are written, and files that are read."""

_WRITES: dict[type[exp.Expr], tuple[str, frozenset[str]]] = {
    exp.Insert: ("insert", frozenset({"this"})),
    exp.Update: ("update", frozenset({"this"})),
    exp.Delete: ("delete", frozenset({"this", "tables"})),
    exp.Create: ("create", frozenset({"this"})),
    exp.Drop: ("drop", frozenset({"this", "tables", "expressions"})),
    exp.Alter: ("alter", frozenset({"this", "actions"})),
    exp.TruncateTable: ("delete", frozenset({"expressions"})),
    exp.Into: ("create", frozenset({"this"})),
}
"""What changes the database: the operation, and the branches of the tree where its tables stand."""

_BRANCHES = (
    exp.Schema,
    exp.Index,
    exp.Join,
    exp.Table,
    exp.Tuple,
    exp.AlterRename,
    exp.Reference,
    exp.ForeignKey,
)
_KINDS = frozenset({"TABLE", "VIEW", "INDEX", "MATERIALIZED VIEW"})
_ROOTS: tuple[type[exp.Expr], ...] = (exp.Query, exp.Values, exp.Describe, exp.Merge, *_WRITES)
_OPAQUE_ROOTS = frozenset({"Command", "Set", "Use", "Show", "Grant", "Revoke", "Execute", "Copy", "LoadData"})


_EXPLAIN = re.compile(r"EXPLAIN\s+(?:QUERY\s+PLAN\s+|ANALYZE\s+|VERBOSE\s+)*", re.IGNORECASE)
_REPLACES = re.compile(r"REPLACE\s+INTO\b|(?:INSERT|UPDATE)\s+OR\s+REPLACE\b", re.IGNORECASE)
# What sqlglot can't read, in the words that it can.
_SPELLINGS = (
    (re.compile(r"\AREPLACE\s+(?=INTO\b)", re.IGNORECASE), "INSERT "),
    (re.compile(r"\A(INSERT|UPDATE)\s+OR\s+(?:ABORT|FAIL|IGNORE|REPLACE|ROLLBACK)\b", re.IGNORECASE), r"\1"),
    (
        re.compile(
            r"(\ACREATE\b.*\))\s*(?:WITHOUT\s+ROWID|STRICT)(?:\s*,\s*(?:WITHOUT\s+ROWID|STRICT))?\Z",
            re.IGNORECASE | re.DOTALL,
        ),
        r"\1",
    ),
)
_PLAIN_NAME = re.compile(r"[\w$ -]+")
_VACUUM = re.compile(
    r"VACUUM(?:\s+(?!INTO\b)\w+)?(?:\s+INTO\s+(?:'(?P<file>(?:[^']|'')+)'|(?P<other>.+)))?", re.IGNORECASE
)


class UnreadableError(Exception):
    """The statement can't be read by the rules of this database; the message says why."""


def effects(piece: Piece, dialect: str) -> tuple[Effect, ...]:
    """Return what the statement does by the rules of `dialect`; raises UnreadableError."""
    vacuum = _VACUUM.fullmatch(piece.sql)
    if vacuum:
        return (_vacuum(vacuum),)
    text = _EXPLAIN.sub("", piece.sql, count=1)
    replaces = _REPLACES.match(text) is not None
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text, count=1)
    try:
        reader = _Reader(_tree(text, dialect), dialect, replaces=replaces)
        found = tuple(reader.effects())
    except RecursionError:
        raise UnreadableError("the SQL is nested too deeply") from None
    _check_verbs(piece, {operation for operation, *_ in found} | reader.verbs)
    return found


def _vacuum(match: re.Match[str]) -> Effect:
    if match["file"]:
        return "execute", (), (match["file"].replace("''", "'"),), ()
    return "execute", (), (Unknown("the file is only known when it runs"),) if match["other"] else (), ()


def _tree(text: str, dialect: str) -> exp.Expr:
    try:
        trees = sqlglot.parse(text, dialect=dialect)
    except RecursionError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile text does to the parser, it is refused
        message = str(error).partition("\n")[0].partition(". Line")[0]
        raise UnreadableError(f"no SQL that is understood: {message[:80]}") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Expr):
        raise UnreadableError("databases differ on where the statement ends")
    return trees[0]


def _check_verbs(piece: Piece, operations: set[str]) -> None:
    """Refuse a statement with a verb that its tree has lost."""
    bare = [*piece.tokens, Token("op", "")]
    for before, token, behind in zip([Token("op", ""), *bare], bare, bare[1:], strict=False):
        if token.kind != "word" or token.text not in VERBS or before.text in BEFORE_NO_VERB:
            continue
        if token.text in {"INSERT", "REPLACE"} and behind.text == "(":
            continue  # a function of that name
        if not VERBS[token.text] & operations:
            raise UnreadableError(f"what `{token.text}` does here is not understood")


class _Reader:
    """Reads one syntax tree."""

    def __init__(self, tree: exp.Expr, dialect: str, *, replaces: bool) -> None:
        self._tree = tree
        self._dialect = dialect
        self._replaces = replaces
        self._found: dict[str, list[Text]] = {}
        self._written: list[Text] = []
        self._read: list[Text] = []
        self.verbs: set[str] = set()
        """Operations beside those that are found, for verbs that are understood as others."""
        # MySQL and SQL Server name what they change by its alias: `UPDATE u SET ... FROM users u`.
        self._aliases: dict[str, list[Text]] = {}
        if dialect in {"mysql", "tsql"}:
            for table in tree.find_all(exp.Table):
                if table.alias:
                    self._aliases.setdefault(table.alias.lower(), []).append(_name(table))

    def effects(self) -> Iterator[Effect]:
        """Yield what the tree does, each operation with all its tables; raises UnreadableError."""
        tree = self._tree
        if isinstance(tree, exp.Attach):
            yield "execute", (), _attached(tree), ()
            return
        if isinstance(tree, (exp.Pragma, exp.Detach)):
            yield "execute", (), (), ()
            return
        if isinstance(tree, exp.Copy) and self._dialect == "duckdb" and self._copies(tree):
            tree = tree.this
        elif type(tree).__name__ in _OPAQUE_ROOTS:
            yield "execute", (Unknown("what the statement touches is not known"),), (), ()
            return
        elif not isinstance(tree, _ROOTS):
            raise UnreadableError("no SQL statement that is understood")
        for node in tree.walk():
            self._visit(node)
        written, read = tuple(self._written), tuple(dict.fromkeys(self._read))
        for operation, tables in self._found.items():
            yield operation, tuple(dict.fromkeys(tables)), written, read
            written = read = ()

    def _copies(self, tree: exp.Copy) -> bool:
        """Note the files that COPY reads or writes in DuckDB; return whether they are all known."""
        files = [
            file.name
            for file in tree.args.get("files") or ()
            if isinstance(file, exp.Literal) and file.is_string
        ]
        if len(files) != 1 or not isinstance(tree.this, (exp.Table, exp.Subquery)):
            return False
        if not tree.args.get("kind"):
            self._written += files
        elif isinstance(tree.this, exp.Table):
            self._read += files
            self._add("insert")
        self.verbs.add("execute")
        return True

    def _reads(self, function: exp.Func) -> bool:
        """Note the files that a function of DuckDB reads; return whether it is one that does."""
        if self._dialect != "duckdb" or _called(function) not in FILE_READERS:
            return False
        given = function.this if isinstance(function.this, exp.Expr) else None
        first = given if given is not None else next(iter(function.expressions), None)
        files = first.expressions if isinstance(first, exp.Array) else [first]
        self._read += [
            file.name
            if isinstance(file, exp.Literal) and file.is_string
            else Unknown("the file that the SQL reads is only known when it runs")
            for file in files
        ]
        return True

    def _add(self, operation: str, *tables: Text) -> None:
        self._found.setdefault(operation, []).extend(tables)

    def _visit(self, node: exp.Expr) -> None:
        if isinstance(node, exp.Table):
            self._table(node)
        elif isinstance(node, (exp.Query, exp.Values, exp.Describe)):
            if not isinstance(node, exp.Values) or node is self._tree:
                self._add("select")
        elif isinstance(node, exp.Merge):
            self._merge(node)
        elif isinstance(node, exp.In) and isinstance(node.args.get("field"), exp.Column):
            self._add("select", _dotted(node.args["field"].parts))  # in SQLite `x IN t` reads the table t
        elif isinstance(node, exp.Func) and self._reads(node):
            pass
        elif isinstance(node, exp.Func) and _acts(node):
            self._add("execute", Unknown(f"what the function `{_called(node)}` does is not known"))
        elif type(node).__name__ in _OPAQUE_ROOTS:
            self._add("execute", Unknown("what a part of the statement does is not known"))
        elif isinstance(node, exp.Property) and not _is_harmless(node):
            self._add("execute", Unknown("what a property of the table does is not known"))
        if type(node) in _WRITES and not isinstance(node.parent, (exp.When, exp.Alter)):
            self._write(node)

    def _write(self, node: exp.Expr) -> None:
        operation = _WRITES[type(node)][0]
        self._add(operation)
        if isinstance(node, (exp.Create, exp.Drop, exp.Alter)) and node.args.get("kind") not in _KINDS:
            self._add(operation, Unknown("what is changed is no table"))
        if isinstance(node, exp.Create) and node.args.get("replace"):
            self._add("drop")
        if not any(self._writer(table) is node for table in node.find_all(exp.Table)):
            self._add(operation, Unknown("the table that is changed could not be worked out"))

    def _table(self, table: exp.Table) -> None:
        if isinstance(table.this, exp.Func):
            return
        writer = self._writer(table)
        if isinstance(self._tree, exp.Copy) and table is self._tree.this and self._read:
            self._add("insert", _name(table))
            return
        if self._dialect == "duckdb" and writer is None and not table.db and _is_file(table.name):
            self._read.append(table.name)
            return
        if writer is None:
            if not _is_cte(table):
                self._add("select", _name(table))
            return
        names: list[Text] = [_name(table)]
        if not table.db:
            names = self._aliases.get(table.name.lower(), names)
        if _is_cte(table):
            names = [Unknown("what is changed through a common table expression is not known")]
        for operation in self._operations(writer):
            self._add(operation, *names)

    def _writer(self, table: exp.Table) -> exp.Expr | None:
        """Return the node that changes `table`, None where it is only read."""
        child: exp.Expr = table
        while child.parent is not None:
            parent = child.parent
            if isinstance(parent, exp.Merge) and child.arg_key == "this":
                return parent
            if type(parent) in _WRITES:
                return parent if child.arg_key in _WRITES[type(parent)][1] or _refers(table) else None
            if not isinstance(parent, _BRANCHES) and not _refers(table):
                return None
            child = parent
        return None

    def _operations(self, writer: exp.Expr) -> Iterator[str]:
        if isinstance(writer, exp.Merge):
            yield from _merges(writer)
            return
        yield _WRITES[type(writer)][0]
        if isinstance(writer, exp.Create) and writer.args.get("replace"):
            yield "drop"
        if isinstance(writer, exp.Insert):
            conflict = writer.args.get("conflict")
            if conflict is not None and "NOTHING" not in str(conflict.args.get("action")):
                yield "update"
            if writer.args.get("overwrite"):
                yield "delete"
        if self._replaces and writer is self._tree:
            yield "delete"  # of each row that stands in the way

    def _merge(self, node: exp.Merge) -> None:
        for operation in _merges(node):
            self._add(operation)


def _merges(node: exp.Merge) -> Iterator[str]:
    """Yield what the branches of a MERGE do."""
    for when in node.find_all(exp.When):
        then = when.args.get("then")
        if isinstance(then, exp.Insert):
            yield "insert"
        elif isinstance(then, exp.Update):
            yield "update"
        elif "NOTHING" not in str(then).upper():
            yield "delete"


def _refers(table: exp.Table) -> bool:
    """Return whether `table` is only named by a foreign key."""
    return isinstance(table.find_ancestor(exp.Reference, exp.Query), exp.Reference)


def _is_cte(table: exp.Table) -> bool:
    """Return whether `table` names a common table expression that can be seen from where it stands.

    An expression doesn't see itself unless it is recursive, nor those that come after it: there its name is a
    table's.
    """
    if table.db:
        return False
    name = table.name.lower()
    child: exp.Expr = table
    inside: exp.Expr | None = None
    while child.parent is not None:
        child = child.parent
        if isinstance(child, exp.CTE):
            inside = child
        if isinstance(child, exp.With):
            continue
        clause = child.args.get("with_") or child.args.get("with")
        if clause is None:
            continue
        for expression in clause.expressions:
            if expression is inside and not clause.args.get("recursive"):
                break
            if expression.alias.lower() == name:
                return True
            if expression is inside:
                break
    return False


def _acts(function: exp.Func) -> bool:
    """Return whether `function` may do more than compute."""
    if isinstance(function, (exp.Anonymous, exp.AnonymousAggFunc)):
        return isinstance(function.parent, exp.Dot) or function.name.upper() not in HARMLESS_FUNCTIONS
    return type(function).__name__ in ACTING_FUNCTIONS


def _is_file(name: str) -> bool:
    """Return whether DuckDB takes what stands for a table for a file."""
    return not _PLAIN_NAME.fullmatch(name)


def _called(function: exp.Func) -> str:
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return name[:40].lower()


def _is_harmless(node: exp.Property) -> bool:
    kind = type(node).__name__
    if kind == "VirtualProperty":
        return True  # its module is a property of its own
    if kind == "ModuleProperty":
        return node.name.upper() in HARMLESS_MODULES
    if kind == "EngineProperty":
        return node.name.upper() in HARMLESS_ENGINES
    return kind in HARMLESS_PROPERTIES


def _attached(tree: exp.Attach) -> tuple[Text, ...]:
    """Return the file that ATTACH opens."""
    what = tree.this.this if isinstance(tree.this, exp.Alias) else tree.this
    if not isinstance(what, exp.Literal) or not what.is_string or what.name.lower().startswith("file:"):
        return (Unknown("the file that ATTACH opens could not be worked out"),)
    return () if what.name in {"", ":memory:"} else (what.name,)


def _name(table: exp.Table) -> Text:
    return _dotted(table.parts)


def _dotted(parts: list[exp.Expr]) -> Text:
    names = [part.name for part in parts]
    if not all(_PLAIN_NAME.fullmatch(name) for name in names):
        return Unknown("the table has a name that could be read as several, or as a file's")
    return ".".join(names)
