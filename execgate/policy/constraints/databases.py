"""`allowed_database_operations`, `allowed_tables`, `allowed_databases` and their twins."""

from __future__ import annotations

from execgate.model.operation import DatabaseOperation
from execgate.model.values import Template, Text
from execgate.model.vocabulary import DATABASE_OPERATIONS
from execgate.policy.constraints._family import ALL, Family, Given, Judge, twins, words
from execgate.policy.matching import hosts, paths
from execgate.policy.matching.pairs import (
    BadEntryError,
    Finding,
    Pair,
    Shape,
    Subject,
    UnresolvableError,
    known,
    total,
)
from execgate.policy.matching.patterns import DEEP, EVERYTHING, Pattern, segment
from execgate.policy.problems import clipped

MEMORY = ":memory:"

# Libraries whose databases are files: a plain name is a path there, not a host.
FILE_LIBRARIES = frozenset({"sqlite3", "_sqlite3", "aiosqlite", "apsw", "duckdb", "dbm", "shelve"})

_read_operation = words(DATABASE_OPERATIONS, "database operation")
_CONSTANT_SQL = "make the statement a constant, and pass values as parameters"
_NAMES_NO_TABLE = "take the statement out: it is about the whole database, which no list of tables permits"
_CONSTANT_DATABASE = "connect to a database that a constant names"


def read_table(text: str, denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a table's name, with its schema or without: forbidden without, it is forbidden in every schema."""
    if text == "*":
        return (ALL,)
    parts = text.lower().split(".")
    if not all(
        part and part == part.strip() and "**" not in part and not set(part) & set("\"'`[];\0\n")
        for part in parts
    ):
        raise BadEntryError("not the name of a table", 'as in "orders" or "sales.orders"')
    pattern = tuple(segment(part) for part in reversed(parts))
    scope: Pattern = (*pattern, DEEP)
    return (Shape(text.lower(), scope if denies else pattern, scope),)


def read_database(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a database: a path, a host, or `:memory:`; a plain name is both a host and a file."""
    if text == "*":
        return (ALL,)
    if text == MEMORY:
        return (Shape(MEMORY, (MEMORY,), (MEMORY,)),)
    if "://" in text:
        raise BadEntryError("a database is named by its path or its host", "write the host alone")
    path = paths.entry(text)
    file = Shape(path.text, ("file", *path.pattern), ("file", *path.pattern))
    if "/" in text or text.startswith("~") or text in {".", ".."}:
        return (file,)
    try:
        (host,) = hosts.entry(text)
    except BadEntryError:
        return (file,)
    if host.port is not None:
        raise BadEntryError(
            "a database is named by its path or its host", f'write "{text.rpartition(":")[0]}"'
        )
    return (
        Shape(text, file.pattern, file.scope),
        Shape(text, ("host", *host.pattern), ("host", *host.pattern)),
    )


def _compile(given: Given) -> Judge:
    operations = given.pair("database_operations", _read_operation)
    tables = given.pair("tables", read_table, open_=True)
    databases = given.pair("databases", read_database, open_=True)

    def judge(operation: DatabaseOperation) -> Finding:
        finding = _judge_operation(operation.operation, operations)
        if tables.judges:
            finding = finding + _judge_tables(operation, tables)
        if databases.judges:
            finding = finding + _judge_database(operation, databases)
        return finding

    return judge


def _judge_operation(operation: Text, pair: Pair) -> Finding:
    if not isinstance(operation, str):
        why = getattr(operation, "why", f"`{operation}` is not known before it runs")
        return pair.puzzle("run a statement that could not be worked out", why, _CONSTANT_SQL)
    word = (operation,)
    return pair.judge(Subject(word, word, lambda: (f"{clipped(operation)} in a database", operation)))


def _judge_tables(operation: DatabaseOperation, pair: Pair) -> Finding:
    if not operation.tables and not isinstance(operation.operation, str):
        return pair.puzzle(
            "use a table that could not be worked out", "the statement is not known", _CONSTANT_SQL
        )
    if not operation.tables and operation.operation == "execute":
        return pair.puzzle(
            "use a table that could not be worked out", "the statement names none", _NAMES_NO_TABLE
        )
    return total(_judge_table(table, pair) for table in operation.tables)


def _judge_table(table: Text, pair: Pair) -> Finding:
    try:
        value = known(table, "table")
    except UnresolvableError as error:
        return pair.puzzle("use a table that could not be worked out", str(error), _CONSTANT_SQL)
    pattern, entry = table_name(value)
    return pair.judge(
        Subject(pattern, (*pattern, DEEP), lambda: (f"use the table `{clipped(str(table))}`", entry))
    )


def table_name(value: str | Template) -> tuple[Pattern, str | None]:
    """Return all that a table of the code can be, and its entry where an author can write one."""
    if isinstance(value, str):
        name = value.lower()
        return tuple(reversed(name.split("."))), name if name.replace(".", "").replace(
            "_", ""
        ).isalnum() else None
    # A hole can hold dots and what ends a name, so that any table can be meant.
    return EVERYTHING, None


def _judge_database(operation: DatabaseOperation, pair: Pair) -> Finding:
    destination = operation.destination
    act = "use a database that could not be worked out"
    if destination is None:
        return pair.puzzle(act, "the code does not say which", _CONSTANT_DATABASE)
    try:
        pattern, entry = place(known(destination, "database"), operation.via)
    except UnresolvableError as error:
        return pair.puzzle(act, str(error), _CONSTANT_DATABASE)
    return pair.judge(
        Subject(pattern, pattern, lambda: (f"use the database `{clipped(str(destination))}`", entry))
    )


def place(value: str | Template, via: str) -> tuple[Pattern, str | None]:
    """Return all that a database of the code can be, and its entry where an author can write one.

    `via` is what connects to it.  Raises UnresolvableError.
    """
    text = str(value)
    if value == MEMORY:
        return (MEMORY,), MEMORY
    if text.startswith("file:") or "://" in text:
        raise UnresolvableError(f"`{clipped(text)}` is an address, not a path or a host")
    if "/" in text or text.startswith("~") or via.partition(".")[0] in FILE_LIBRARIES:
        path = paths.resolve(value)
        return ("file", *path), paths.exact(path)
    host = hosts.template(value) if isinstance(value, Template) else hosts.parse(value)
    return ("host", *host.pattern), host.text


FAMILIES = (
    Family(
        DatabaseOperation,
        (
            *twins("database_operations", _read_operation, known=DATABASE_OPERATIONS),
            *twins("tables", read_table),
            *twins("databases", read_database),
        ),
        _compile,
    ),
)
