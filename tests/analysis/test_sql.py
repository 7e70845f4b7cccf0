import re
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execgate.analysis.sql import DIALECTS, MAX_CHARS, Statement, statements
from execgate.model.values import Hole, Template, Unknown

ANY, WORD, NUMBER = Hole.ANY, Hole.WORD, Hole.NUMBER


def brief(found):
    """Statements as tuples of operation and tables, `?` for what is unknown."""
    return [
        (
            "?" if isinstance(statement.operation, Unknown) else statement.operation,
            *("?" if isinstance(table, Unknown) else str(table) for table in statement.tables),
        )
        for statement in found
    ]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", []),
        (" ;; ", []),
        ("-- nothing", []),
        ("SELECT 1", [("select",)]),
        ("SELECT * FROM users", [("select", "users")]),
        ("select a, count(*) from users u where id = ? group by a order by 2 limit 5", [("select", "users")]),
        ("SELECT * FROM users WHERE id = %s AND name = %(name)s", [("select", "users")]),
        ("SELECT * FROM users WHERE id = :id AND a = $1 AND b = @b", [("select", "users")]),
        ("SELECT * FROM a JOIN b ON a.x = b.x, c", [("select", "a", "b", "c")]),
        ("SELECT * FROM a WHERE x IN (SELECT y FROM secrets)", [("select", "a", "secrets")]),
        ("SELECT 1 FROM a WHERE x IN secrets", [("select", "a", "secrets")]),
        ("SELECT (SELECT max(x) FROM secrets) FROM a", [("select", "a", "secrets")]),
        ("SELECT * FROM a WHERE EXISTS (SELECT 1 FROM secrets)", [("select", "a", "secrets")]),
        ("SELECT * FROM a UNION ALL SELECT * FROM secrets", [("select", "a", "secrets")]),
        ("SELECT * FROM (SELECT * FROM (SELECT * FROM secrets))", [("select", "secrets")]),
        ("SELECT*FROM/**/secrets", [("select", "secrets")]),
        ("SELECT\n*\nFROM\n\tsecrets -- mine", [("select", "secrets")]),
        ('SELECT * FROM main."users"', [("select", "main.users")]),
        ("SELECT * FROM [users]", [("select", "users")]),
        ("SELECT * FROM `users`", [("select", "users")]),
        ("VALUES (1)", [("select",)]),
        ("WITH x AS (SELECT * FROM a) SELECT * FROM x", [("select", "a")]),
        ("WITH a AS (SELECT * FROM a) SELECT * FROM a", [("select", "a")]),
        ("SELECT * FROM a, (WITH a AS (SELECT 1) SELECT * FROM a)", [("select", "a")]),
        ("WITH x AS (SELECT * FROM y), y AS (SELECT 1) SELECT * FROM x", [("select", "y")]),
        (
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 9) SELECT * FROM c",
            [("select",)],
        ),
        ("INSERT INTO a VALUES (1, 'x')", [("insert", "a")]),
        ("INSERT INTO a (x) SELECT y FROM b", [("insert", "a"), ("select", "b")]),
        ("INSERT INTO a DEFAULT VALUES", [("insert", "a")]),
        ("INSERT OR IGNORE INTO a VALUES (1)", [("insert", "a")]),
        ("INSERT OR REPLACE INTO a VALUES (1)", [("insert", "a"), ("delete", "a")]),
        ("REPLACE INTO a VALUES (1)", [("insert", "a"), ("delete", "a")]),
        ("INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING", [("insert", "a")]),
        ("INSERT INTO a VALUES (1) ON CONFLICT DO UPDATE SET x = 1", [("insert", "a"), ("update", "a")]),
        ("INSERT INTO a (x) VALUES (1) ON DUPLICATE KEY UPDATE x = 2", [("insert", "a"), ("update", "a")]),
        ("UPDATE a SET x = 1 WHERE y = 2", [("update", "a")]),
        ("UPDATE a SET x = b.x FROM b WHERE a.y = b.y", [("update", "a"), ("select", "b")]),
        ("UPDATE a SET x = (SELECT max(y) FROM b)", [("update", "a"), ("select", "b")]),
        ("UPDATE OR REPLACE a SET x = 1", [("update", "a"), ("delete", "a")]),
        ("DELETE FROM a", [("delete", "a")]),
        ("DELETE FROM a WHERE x IN (SELECT y FROM b)", [("delete", "a"), ("select", "b")]),
        ("TRUNCATE TABLE a", [("delete", "a")]),
        (
            "CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY, x TEXT NOT NULL DEFAULT 'y')",
            [("create", "a")],
        ),
        ("CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT) WITHOUT ROWID", [("create", "a")]),
        ("CREATE TABLE a (x INT REFERENCES b(id) ON DELETE CASCADE)", [("create", "a", "b")]),
        ("CREATE TABLE a AS SELECT * FROM b", [("create", "a"), ("select", "b")]),
        ("CREATE TEMP TABLE a (x)", [("create", "a")]),
        ("CREATE VIEW a AS SELECT * FROM b", [("create", "a"), ("select", "b")]),
        ("CREATE OR REPLACE VIEW a AS SELECT * FROM b", [("create", "a"), ("drop", "a"), ("select", "b")]),
        ("CREATE INDEX i ON a (x)", [("create", "a")]),
        ("DROP TABLE IF EXISTS a", [("drop", "a")]),
        ("DROP VIEW a", [("drop", "a")]),
        ("DROP DATABASE a", [("drop", "?", "a")]),
        ("ALTER TABLE a ADD COLUMN x INT", [("alter", "a")]),
        ("ALTER TABLE a DROP COLUMN x", [("alter", "a")]),
        ("ALTER TABLE a RENAME TO b", [("alter", "a", "b")]),
        ("PRAGMA foreign_keys = ON", [("execute",)]),
        ("DETACH other", [("execute",)]),
        ("VACUUM", [("execute",)]),
        ("CALL f(1)", [("execute", "?")]),
        ("EXEC xp_cmdshell 'dir'", [("execute", "?")]),
        ("EXPLAIN QUERY PLAN SELECT * FROM a", [("select", "a")]),
        ("EXPLAIN ANALYZE DELETE FROM a", [("delete", "a")]),
        ("SELECT 1; DROP TABLE a", [("select",), ("drop", "a")]),
        ("SELECT ';'; DROP TABLE a; -- '", [("select",), ("drop", "a")]),
        ("SELECT 'it''s; DROP TABLE a'", [("select",)]),
        ("SELECT /* ; DROP TABLE a; */ 1", [("select",)]),
        ("SELECT 1 -- ; DROP TABLE a", [("select",)]),
        ("BEGIN; DELETE FROM a; COMMIT", [("delete", "a")]),
        ("SELECT replace(x, 'a', 'b'), strftime('%Y', d), coalesce(a, 0) FROM a", [("select", "a")]),
        ("SELECT load_extension('x')", [("select",), ("execute", "?")]),
        ("SELECT pg_read_file('/etc/passwd')", [("select",), ("execute", "?")]),
        ("SELECT load_file('/etc/passwd')", [("select",), ("execute", "?")]),
        ("SELECT mine.lower(x) FROM a", [("select", "a"), ("execute", "?")]),
        ("SELECT nextval('s')", [("select",), ("execute", "?")]),
        ("SELECT * FROM a, json_each(a.x)", [("select", "a")]),
        ("SELECT * FROM pragma_table_info('a')", [("select",), ("execute", "?")]),
    ],
)
def test_a_statement_does_what_it_does_in_every_database(sql, expected):
    found = statements(sql)
    assert sorted(brief(found)) == sorted(expected)
    assert {statement.operation for statement in found if isinstance(statement.operation, str)} <= {
        *("select", "insert", "update", "delete", "create", "alter", "drop", "execute")
    }


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", "postgres", [("delete", "a"), ("select",)]),
        (
            "WITH x AS (INSERT INTO a SELECT * FROM b RETURNING 1) SELECT 1",
            "postgres",
            [("insert", "a"), ("select", "b")],
        ),
        (
            "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (x) VALUES (1)",
            "postgres",
            [("delete", "a"), ("insert", "a"), ("select", "b")],
        ),
        ("COPY a TO PROGRAM 'curl x'", "postgres", [("execute", "?")]),
        ("COPY a FROM '/etc/passwd'", "postgres", [("execute", "?")]),
        ("DO $$ BEGIN DROP TABLE a; END $$", "postgres", [("execute", "?")]),
        ("SELECT $x$; DROP TABLE a; $x$", "postgres", [("select",)]),
        ("TABLE a", "postgres", [("select", "a")]),
        ("SELECT * INTO b FROM a", "tsql", [("create", "b"), ("select", "a")]),
        ("UPDATE u SET x = 1 FROM users u", "tsql", [("select", "users"), ("update", "users")]),
        ("WITH c AS (SELECT * FROM a) DELETE FROM c", "tsql", [("delete", "?"), ("select", "a")]),
        ("DELETE u FROM users u JOIN b ON u.x = b.x", "mysql", [("delete", "users", "b")]),
        ("UPDATE a JOIN b ON a.x = b.x SET b.y = 1", "mysql", [("update", "a", "b")]),
        ("DROP TABLE a, b", "mysql", [("drop", "a", "b")]),
        ("SHOW TABLES", "mysql", [("execute", "?")]),
        ("SET x = 1", "mysql", [("execute", "?")]),
        ("SELECT 'a\\'; DROP TABLE a; --'", "sqlite", [("select",), ("drop", "a")]),
        ("SELECT 1 --DROP TABLE a", "sqlite", [("select",)]),
        ("SELECT * FROM 'users'", "sqlite", [("select", "users")]),
        ("SELECT * FROM 'users.csv'", "duckdb", [("select",)]),
        ("SELECT * FROM read_csv('users.csv')", "duckdb", [("select",)]),
        ("CREATE VIRTUAL TABLE a USING fts5(x)", "sqlite", [("create", "a")]),
        ("SELECT * FROM a WHERE x LIKE '%\\_%' ESCAPE '\\'", "sqlite", [("select", "a")]),
    ],
)
def test_where_the_database_is_known_its_own_rules_hold(sql, dialect, expected):
    assert sorted(brief(statements(sql, dialect))) == sorted(expected)


@pytest.mark.parametrize(
    "sql",
    [
        "BEGIN", "BEGIN IMMEDIATE TRANSACTION", "START TRANSACTION", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a",
        "ROLLBACK TO a", "ROLLBACK TRANSACTION TO SAVEPOINT a", "RELEASE SAVEPOINT a",
        "begin;commit;",
    ],
)  # fmt: skip
def test_transactions_do_nothing_by_themselves(sql):
    assert statements(sql) == ()


@pytest.mark.parametrize(
    ("sql", "dialect", "files"),
    [
        ("ATTACH DATABASE 'other.db' AS other", None, ("other.db",)),
        ("ATTACH '/etc/x' AS other", "sqlite", ("/etc/x",)),
        ("ATTACH ':memory:' AS other", "sqlite", ()),
        ("VACUUM INTO 'copy.db'", "sqlite", ("copy.db",)),
        ("VACUUM main INTO 'it''s.db'", "sqlite", ("it's.db",)),
    ],
)
def test_a_statement_that_opens_a_file_names_it(sql, dialect, files):
    assert statements(sql, dialect) == (Statement("execute", (), files),)


@pytest.mark.parametrize(
    "sql",
    ["ATTACH ? AS other", "ATTACH 'a' || 'b' AS other", "ATTACH 'file:a?mode=rw' AS other", "VACUUM INTO ?"],
)
def test_a_file_that_is_only_known_later_is_unknown(sql):
    (statement,) = statements(sql, "sqlite")
    assert statement.operation == "execute"
    (file,) = statement.files
    assert isinstance(file, Unknown)


@pytest.mark.parametrize("dialect", [None, *DIALECTS])
@pytest.mark.parametrize(
    "sql",
    [
        "garbage in",
        "SELECT FROM WHERE",
        "/*! DROP TABLE a */",
        "SELECT 1 /*!50000 ; DROP TABLE a */",
        "SELECT /*M! 1 */",
        "/* a /* b */ SELECT 1; DROP TABLE a --*/",
        "SELECT 1 /* open",
        "SELECT 'open",
        "SELECT 1 # '\n; DROP TABLE a -- '",
        "SELECT q'[ ' ; DROP TABLE a; ']'",
        "SELECT 1\x00; DROP TABLE a",
        "SELECT 1\r; DROP TABLE a",
        "SELECT 1\x0b",
        "SELECT 1\u00a0FROM a",
        "\ufeffSELECT 1",
        "\u017fELECT 1",
        "SELECT 1union SELECT 2",
        "SELECT * FROM a WHERE x = 1 DROP TABLE b",
        "SELECT * FROM a WHERE x = 1 EXEC sp_x",
        "IF 1 = 1 DROP TABLE a",
        "CREATE TRIGGER t AFTER INSERT ON a WHEN new.x > 1 BEGIN DELETE FROM b; END",
        "SELECT 1 INTO OUTFILE '/tmp/x' FROM a",
        "LOAD DATA INFILE 'x' INTO TABLE a",
        "CREATE USER x",
        "SELECT 1)",
        "SELECT (1",
        "SELECT " + "(" * 10_000 + "1" + ")" * 10_000,
        "SELECT " + "NOT " * 5_000 + "1",
        "SELECT " + "- " * 5_000 + "1",
        "SELECT " + "CASE WHEN " * 1_000 + "1" + " THEN 1 END" * 1_000,
        "SELECT " + "f(" * 20 + "1" + ")" * 20,
        "SELECT 1;" * 501,
        "x" * (MAX_CHARS + 1),
        "SELECT '" + "x" * 1_000_000 + "'",
    ],
)
def test_what_can_not_be_worked_out_is_unknown(sql, dialect):
    assert any(isinstance(statement.operation, Unknown) for statement in statements(sql, dialect))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a\\'; DROP TABLE a; --'",
        "SELECT 1 --DROP",
        "SELECT $$a$$",
        "SELECT `a'b`",
        "SELECT [a'b] FROM c",
    ],
)
def test_what_databases_read_in_different_ways_is_unknown_where_the_database_is(sql):
    assert brief(statements(sql)) == [("?", "?")]


def test_a_database_without_known_rules_makes_its_sql_unknown():
    assert brief(statements("SELECT 1", "nosuchdb")) == [("?", "?")]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("SELECT * FROM a WHERE id = ", NUMBER), [("select", "a")]),
        (("SELECT * FROM a WHERE id = ", NUMBER, " AND x = '", NUMBER, "'"), [("select", "a")]),
        (("SELECT * FROM a WHERE d = '2024-", NUMBER, "-01'"), [("select", "a")]),
        (("SELECT * FROM a_", NUMBER), [("select", "a_*")]),
        (("DROP TABLE a_", NUMBER, "; DROP TABLE b"), [("drop", "a_*"), ("drop", "b")]),
        (("SELECT 5 -", NUMBER, " FROM a"), [("?", "?")]),
        (("SELECT 5 - ", NUMBER, " FROM a"), [("select", "a")]),
        (("SELECT * FROM a WHERE id = ", WORD), [("?", "?")]),
        (("SELECT * FROM a WHERE id = '", WORD, "'"), [("?", "?")]),
        (("SELECT * FROM a WHERE id = ", ANY), [("?", "?")]),
        (("SELECT * FROM a WHERE id = '", ANY, "'"), [("?", "?")]),
        (("SELECT * FROM a -- ", ANY), [("?", "?")]),
        (("DELETE FROM a; ", ANY), [("?", "?")]),
    ],
)
def test_only_a_number_can_be_put_into_a_statement(parts, expected):
    assert brief(statements(Template(parts))) == expected


def test_a_table_with_a_number_in_its_name_keeps_the_hole():
    assert statements(Template(("DELETE FROM a_", NUMBER))) == (
        Statement("delete", (Template(("a_", NUMBER)),)),
    )
    assert statements(Template(("ATTACH 'x", NUMBER, ".db' AS y"))) == (
        Statement("execute", (), (Template(("x", NUMBER, ".db")),)),
    )


def test_an_unknown_text_keeps_its_reason():
    why = Unknown("read from a file")
    assert statements(why) == (Statement(why, (why,)),)


def test_a_mark_of_our_own_in_the_text_is_no_hole():
    assert brief(statements("SELECT \ufdd0")) == [("?", "?")]


@pytest.mark.parametrize("dialect", [None, "sqlite", "mysql"])
@settings(max_examples=150)
@given(st.one_of(st.text(), st.lists(st.sampled_from(
    ["SELECT", "FROM", "a", "b", ",", "(", ")", "*", "WHERE", "=", "1", "'", '"', "`", "[", "]", ";", "--", "/*", "*/",
     "\\", "$$", "#", "\n", "UNION", "INTO", "INSERT", "DELETE", "WITH", "AS", "CASE", "END", "NOT", "-", "IN", "?",
     "%s", "DROP", "TABLE", "CREATE", "ON", "JOIN", "VALUES", "UPDATE", "SET", "MERGE", "ATTACH", "PRAGMA", "x'"]
)).map(" ".join)))  # fmt: skip
def test_every_text_has_an_answer(dialect, sql):
    for statement in statements(sql, dialect):
        assert isinstance(statement.operation, (str, Unknown))


NAMES = st.sampled_from(["a", "b", "c", "v", "main.a", '"b"', "[c]", "`a`"])
VALUES = st.sampled_from(
    ["1", "x", "'t'", "NULL", "count(*)", "max(x)", "'; DROP TABLE a; --'", "-x", "x || 'y'"]
)
GAPS = st.sampled_from([" ", "\n", "/* b */", " -- c\n", "\t"])


def spaced(*parts):
    """Join strategies and strings with spaces, line ends and comments."""
    made = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(GAPS, *made).map(lambda drawn: drawn[0].join(drawn[1:]))


QUERIES = st.recursive(
    st.one_of(
        spaced("SELECT", VALUES, "FROM", NAMES),
        spaced("SELECT", VALUES, "FROM", NAMES, ",", NAMES, "AS y"),
        spaced("SELECT x FROM", NAMES, "WHERE x IN", NAMES),
        spaced("SELECT", VALUES),
    ),
    lambda query: st.one_of(
        spaced("SELECT * FROM (", query, ") z"),
        spaced("SELECT x FROM", NAMES, "WHERE x IN (", query, ")"),
        spaced("SELECT (", query, ") FROM", NAMES),
        spaced("SELECT x FROM", NAMES, "AS a JOIN", NAMES, "AS q ON EXISTS (", query, ")"),
        spaced("WITH", st.sampled_from("abz"), "AS (", query, ") SELECT * FROM", NAMES),
        spaced("WITH z AS (", query, "), a AS (", query, ") SELECT * FROM a"),
        spaced(query, st.sampled_from(["UNION", "EXCEPT", "UNION ALL"]), query),
    ),
    max_leaves=4,
)
SCRIPTS = st.one_of(
    QUERIES,
    spaced("INSERT INTO", NAMES, QUERIES),
    spaced("INSERT OR REPLACE INTO", NAMES, "VALUES (1, 2)"),
    spaced("REPLACE INTO", NAMES, QUERIES),
    spaced("WITH z AS (", QUERIES, ") INSERT INTO", NAMES, "SELECT * FROM z"),
    spaced("UPDATE", NAMES, "SET x = (", QUERIES, ")"),
    spaced("UPDATE", NAMES, "SET x = 1 FROM", NAMES, "AS r WHERE r.x IN (", QUERIES, ")"),
    spaced("DELETE FROM", NAMES, "WHERE x IN (", QUERIES, ")"),
    spaced("INSERT INTO", NAMES, "(x) VALUES (1) ON CONFLICT DO UPDATE SET x = (", QUERIES, ")"),
    spaced("CREATE TABLE n AS", QUERIES),
    spaced("CREATE VIEW w AS", QUERIES),
    spaced("CREATE INDEX i ON", st.sampled_from(["a", "b", '"c"']), "(x)"),
    spaced("DROP TABLE", NAMES),
    spaced("ALTER TABLE", NAMES, "RENAME TO d"),
    spaced("ALTER TABLE", NAMES, "ADD COLUMN w INT"),
)

AUTHORIZED = {
    sqlite3.SQLITE_READ: "select",
    sqlite3.SQLITE_INSERT: "insert",
    sqlite3.SQLITE_UPDATE: "update",
    sqlite3.SQLITE_DELETE: "delete",
    sqlite3.SQLITE_CREATE_TABLE: "create",
    sqlite3.SQLITE_DROP_TABLE: "drop",
}


def what_sqlite_does(sql):
    """Return the operation and table of each access that SQLite asks for; None where it refuses the text."""
    database = sqlite3.connect(":memory:")
    database.executescript(
        "CREATE TABLE a (x UNIQUE, y); CREATE TABLE b (x UNIQUE, y); CREATE TABLE c (x, y); CREATE TABLE v (x, y)"
    )
    asked = set()

    def is_expression(name, column):
        # SQLite asks for a common table expression too where none of its columns is read.
        return column == "" and re.search(rf"\b{name}(?:\s|/\* b \*/|-- c\n)*AS \(", sql)

    def authorize(action, first, second, _schema, _trigger):
        if action in AUTHORIZED and not first.startswith("sqlite_") and not is_expression(first, second):
            asked.add((AUTHORIZED[action], first))
        return sqlite3.SQLITE_OK

    database.set_authorizer(authorize)
    try:
        database.execute(sql)
    except sqlite3.Error:
        return None
    finally:
        database.close()
    return asked


@pytest.mark.parametrize("dialect", [None, "sqlite"])
@settings(max_examples=250)
@given(sql=SCRIPTS)
def test_whatever_sqlite_touches_was_found_before_it_ran(dialect, sql):
    asked = what_sqlite_does(sql)
    if asked is None:
        return
    found = statements(sql, dialect)
    if any(isinstance(statement.operation, Unknown) for statement in found):
        assert dialect is None, "what SQLite runs can be read by its rules"
        return
    named = {
        (statement.operation, str(table).removeprefix("main."))
        for statement in found
        for table in statement.tables
    }
    changed = {table for operation, table in named if operation != "select"}
    # Changing a table reads it; creating a table as a query inserts into it.
    missed = {
        (operation, table)
        for operation, table in asked - named
        if not (operation == "select" and table in changed)
        and not (
            operation in {"insert", "update"} and (("create", table) in named or ("alter", table) in named)
        )
        and not (operation == "delete" and ("drop", table) in named)
        and table not in {"w", "n"}
    }
    assert not missed


def test_a_trigger_of_sqlite_does_what_it_is_made_to_do():
    text = "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; UPDATE c SET x = new.x; END; DROP TABLE d"
    found = [(statement.operation, statement.tables) for statement in statements(text, "sqlite")]
    assert found == [("create", ("a",)), ("delete", ("b",)), ("update", ("c",)), ("drop", ("d",))]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TRIGGER t AFTER INSERT ON a WHEN load_extension('x') BEGIN DELETE FROM b; END",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT load_extension('x'); END",
    ],
)
def test_a_trigger_that_calls_what_may_act_is_not_known(text):
    assert any(
        isinstance(part, Unknown)
        for statement in statements(text, "sqlite")
        for part in (statement.operation, *statement.tables)
    )


@pytest.mark.parametrize(
    ("sql", "written", "read"),
    [
        ("SELECT * FROM 'users.csv'", (), ("users.csv",)),
        ("SELECT * FROM read_csv('/etc/passwd', header=false)", (), ("/etc/passwd",)),
        ("SELECT * FROM read_text('a') JOIN read_parquet('b/*.parquet') USING (x)", (), ("a", "b/*.parquet")),
        ("CREATE TABLE t AS SELECT * FROM 'https://x.example/a.csv'", (), ("https://x.example/a.csv",)),
        ("COPY t TO 'out.csv' (HEADER)", ("out.csv",), ()),
        ("COPY (SELECT * FROM 'in.csv') TO 'out.parquet'", ("out.parquet",), ("in.csv",)),
        ("COPY t FROM 'in.csv'", (), ("in.csv",)),
        ("ATTACH 'other.db'", ("other.db",), ()),
        ("SELECT * FROM users", (), ()),
    ],
)
def test_the_files_that_duckdb_reads_and_writes_by_itself_are_named(sql, written, read):
    found = statements(sql, "duckdb")
    assert tuple(file for one in found for file in one.files) == written
    assert tuple(file for one in found for file in one.reads) == read


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM read_csv(?)", "SELECT * FROM read_csv(x) FROM t", "COPY t TO ?"]
)
def test_a_file_that_only_the_run_knows_is_not_known(sql):
    found = statements(sql, "duckdb")
    assert any(
        isinstance(part, Unknown) for one in found for part in (one.operation, *one.tables, *one.reads)
    )


@pytest.mark.parametrize("sql", ["SELECT * FROM 'users.csv'", "COPY t TO 'out.csv'", "COPY t FROM 'in.csv'"])
def test_files_in_sql_are_not_known_where_the_database_is_not(sql):
    found = statements(sql)
    assert not any(one.files or one.reads for one in found)
    assert any(isinstance(part, Unknown) for one in found for part in (one.operation, *one.tables))
