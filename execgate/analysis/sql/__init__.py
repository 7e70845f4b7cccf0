"""What SQL text does: each statement's operation, the tables that it names and the files that it opens.

The text is first read by a lexer of our own, which refuses what databases read in different ways (see
`lexer`); only then does sqlglot parse it, one statement at a time, by the rules of the database or, where
that is not known, of every likely one: what they don't agree on is Unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from execgate.analysis.holes import ANY, NUMBER, WORD, flatten, restore
from execgate.analysis.sql.lexer import Piece, SqlLexError, lex
from execgate.model.values import Text, Unknown

MAX_CHARS = 20_000
"""The longest text that is analysed; a longer one is Unknown as a whole."""

MAX_STATEMENTS = 500

DIALECTS = ("sqlite", "postgres", "mysql", "tsql", "oracle", "duckdb")
"""The databases whose rules are known; all are tried where the code does not say which it is."""

_TRANSACTION = re.compile(
    r"""
    BEGIN(?:\s+(?:DEFERRED|IMMEDIATE|EXCLUSIVE))?(?:\s+(?:TRAN|TRANSACTION|WORK))?
    | START\s+TRANSACTION(?:\s+READ\s+(?:ONLY|WRITE))?
    | (?:COMMIT|END|ABORT|ROLLBACK)(?:\s+(?:TRAN|TRANSACTION|WORK))?
    | ROLLBACK(?:\s+(?:TRANSACTION|WORK))?\s+TO(?:\s+SAVEPOINT)?\s+\w+
    | SAVEPOINT\s+\w+
    | RELEASE(?:\s+SAVEPOINT)?\s+\w+
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


_TRIGGER = re.compile(
    r"""
    CREATE\s+(?:TEMP(?:ORARY)?\s+)?TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s+
    (?:BEFORE\s+|AFTER\s+|INSTEAD\s+OF\s+)?(?:DELETE|INSERT|UPDATE(?:\s+OF\s+\w+(?:\s*,\s*\w+)*)?)
    \s+ON\s+(\w+)\s+(?:FOR\s+EACH\s+ROW\s+)?BEGIN\s+
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""The beginning of a trigger of SQLite, up to the first of its statements."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that SQL text does.

    `operation`: select, insert, update, delete, create, alter, drop or execute; Unknown where the text could
    not be worked out.  `tables` are as written, without quotes, with their schema where the text has one.
    `files` are the database files that it opens or writes, `reads` those that it only reads, or their URLs.
    """

    operation: Text
    tables: tuple[Text, ...] = ()
    files: tuple[Text, ...] = ()
    reads: tuple[Text, ...] = ()


@lru_cache(maxsize=256)
def statements(text: Text, dialect: str | None = None) -> tuple[Statement, ...]:
    """Return what `text` does, in its order; nothing for transactions and for text without a statement.

    A statement can do several things: `INSERT ... SELECT` inserts and selects.  `dialect` is one of DIALECTS,
    None where it is not known.
    """
    if isinstance(text, Unknown):
        return _nothing_known(text.why)
    flat = flatten(text)
    if flat is None:
        return _nothing_known("the SQL holds a character that is none")
    if len(flat) > MAX_CHARS:
        return _nothing_known(f"the SQL is longer than {MAX_CHARS:,} characters")
    if dialect is not None and dialect not in DIALECTS:
        return _nothing_known(f"the SQL of `{dialect}` is not known")
    if ANY in flat or WORD in flat:
        return _nothing_known("the SQL is put together from a text that can hold SQL itself")
    stand_in = _stand_in(flat)
    try:
        pieces = lex(flat.replace(NUMBER, stand_in), dialect, stand_in)
    except SqlLexError as error:
        return _nothing_known(str(error))
    if len(pieces) > MAX_STATEMENTS:
        return _nothing_known(f"the SQL has more than {MAX_STATEMENTS} statements")
    found = [statement for piece in pieces for statement in _of_one(piece, dialect)]
    return tuple(_with_holes(statement, stand_in) for statement in dict.fromkeys(found))


def _nothing_known(why: str) -> tuple[Statement, ...]:
    return (Statement(Unknown(why), (Unknown(why),)),)


def _of_one(piece: Piece, dialect: str | None) -> tuple[Statement, ...]:
    """Return what one statement does by the rules of its database, or of all that can read it."""
    if _TRANSACTION.fullmatch(piece.sql):
        return ()
    trigger = _TRIGGER.match(piece.sql) if dialect == "sqlite" else None
    if trigger is not None:
        begin = next(index for index, token in enumerate(piece.tokens) if token.text == "BEGIN")
        first = Piece(piece.sql[trigger.end() :], piece.tokens[begin + 1 :])
        return (Statement("create", (trigger[1],)), *_of_one(first, dialect))
    from execgate.analysis.sql import tree as sql_tree  # sqlglot takes a quarter of a second to import

    answers = set()
    why = ""
    for candidate in DIALECTS if dialect is None else (dialect,):
        try:
            effects = sql_tree.effects(piece, candidate)
        except sql_tree.UnreadableError as error:
            why = why or str(error)
            continue
        answers.add(tuple(Statement(*effect) for effect in effects))
    if len(answers) == 1:
        return answers.pop()
    return _nothing_known("databases differ on what the SQL means" if answers else why)


def _stand_in(flat: str) -> str:
    """Return a number that `flat` doesn't hold, to stand for each hole."""
    number = 7340033
    while str(number) in flat:
        number += 2
    return str(number)


def _with_holes(statement: Statement, stand_in: str) -> Statement:
    def back(texts: tuple[Text, ...]) -> tuple[Text, ...]:
        return tuple(
            restore(text.replace(stand_in, NUMBER)) if isinstance(text, str) else text for text in texts
        )

    return Statement(
        statement.operation, back(statement.tables), back(statement.files), back(statement.reads)
    )
