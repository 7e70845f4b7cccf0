"""Databases: which statements on which tables of which database the lists permit."""

# ruff: noqa: PLR0917 - a row of a table has the columns that it needs

from __future__ import annotations

import pytest

from execgate.model.operation import DatabaseOperation
from execgate.model.values import Hole, Template, Unknown

W, A = Hole.WORD, Hole.ANY
UNKNOWN = Unknown("the statement is put together when it runs")
OPS, NO_OPS = "allowed_database_operations", "disallowed_database_operations"
TABLES, NO_TABLES = "allowed_tables", "disallowed_tables"
BASES, NO_BASES = "allowed_databases", "disallowed_databases"


def statement(here, operation="select", tables=("orders",), destination=None, via="psycopg2.execute"):
    return DatabaseOperation(
        operation=operation, tables=tables, destination=destination, via=via, location=here
    )


@pytest.mark.parametrize(
    ("policy", "operation", "broken"),
    [
        ("", "select", [OPS]),
        ('allowed_database_operations: ["select"]', "select", []),
        ('allowed_database_operations: ["select"]', "delete", [OPS]),
        ('allowed_database_operations: ["*"]', "drop", []),
        ('allowed_database_operations: ["*"]', UNKNOWN, [OPS]),
        ('allowed_database_operations: ["*"]', Template((W,)), [OPS]),
        ('allowed_database_operations: ["*"] disallowed_database_operations: ["drop"]', "drop", [NO_OPS]),
        ('allowed_tables: ["orders"]', "select", [OPS]),
    ],
)
def test_statements_are_judged_by_what_they_do(constraints_broken, here, policy, operation, broken) -> None:
    assert constraints_broken(policy, statement(here, operation)) == broken


@pytest.mark.parametrize(
    ("policy", "table", "broken"),
    [
        ("", "orders", []),
        ("", UNKNOWN, []),
        ('allowed_tables: ["orders"]', "orders", []),
        ('allowed_tables: ["Orders"]', "ORDERS", []),
        ('allowed_tables: ["orders"]', "orders2", [TABLES]),
        ('allowed_tables: ["orders"]', "secret.orders", [TABLES]),
        ('allowed_tables: ["sales.orders"]', "sales.orders", []),
        ('allowed_tables: ["sales.orders"]', "orders", [TABLES]),
        ('allowed_tables: ["sales.*"]', "sales.orders", []),
        ('allowed_tables: ["sales.*"]', "hr.orders", [TABLES]),
        ('allowed_tables: ["*.orders"]', "hr.orders", []),
        ('allowed_tables: ["tmp_*"]', "tmp_1", []),
        ('allowed_tables: ["tmp_*"]', Template(("tmp_", W)), [TABLES]),
        ('allowed_tables: ["*"]', Template(("tmp_", W)), []),
        ('allowed_tables: ["*"]', UNKNOWN, [TABLES]),
        ("allowed_tables: []", "orders", [TABLES]),
        ('disallowed_tables: ["salaries"]', "orders", []),
        ('disallowed_tables: ["salaries"]', "salaries", [NO_TABLES]),
        ('disallowed_tables: ["salaries"]', "hr.SALARIES", [NO_TABLES]),
        ('disallowed_tables: ["hr.salaries"]', "salaries", [NO_TABLES]),
        ('disallowed_tables: ["hr.salaries"]', "sales.salaries", []),
        ('disallowed_tables: ["hr.*"]', "hr.salaries", [NO_TABLES]),
        ('disallowed_tables: ["salaries"]', Template(("tmp_", W)), [NO_TABLES]),
        ('disallowed_tables: ["salaries"]', UNKNOWN, [NO_TABLES]),
        ('allowed_tables: ["*"] disallowed_tables: ["salaries"]', "salaries", [NO_TABLES]),
        ('allowed_tables: ["salaries"] disallowed_tables: ["*"]', "salaries", []),
        ('allowed_tables: ["salaries"] disallowed_tables: ["salaries"]', "salaries", [NO_TABLES]),
        ('allowed_tables: ["public.salaries"] disallowed_tables: ["salaries"]', "public.salaries", []),
        ('allowed_tables: ["orders"] disallowed_tables: ["hr.orders"]', "orders", [NO_TABLES]),
    ],
)
def test_tables_are_judged_by_name_and_schema(constraints_broken, here, policy, table, broken) -> None:
    given = f'allowed_database_operations: ["select"] {policy}'
    assert constraints_broken(given, statement(here, tables=(table,))) == broken


@pytest.mark.parametrize(
    ("policy", "operation", "tables", "broken"),
    [
        ('allowed_tables: ["orders"]', "select", (), []),
        ('allowed_tables: ["orders"]', "execute", (), [TABLES]),
        ('allowed_tables: ["*"]', UNKNOWN, (), [OPS, TABLES]),
        ('allowed_tables: ["a"]', "select", ("a", "b"), [TABLES]),
        ("", "execute", (), []),
    ],
)
def test_every_table_of_a_statement_must_be_allowed(
    constraints_broken, here, policy, operation, tables, broken
) -> None:
    given = f'allowed_database_operations: ["*"] {policy}'
    assert constraints_broken(given, statement(here, operation, tables)) == broken


@pytest.mark.parametrize(
    ("policy", "destination", "via", "broken"),
    [
        ("", None, "psycopg2", []),
        ('allowed_databases: ["*"]', None, "psycopg2", [BASES]),
        ('allowed_databases: ["*"]', UNKNOWN, "psycopg2", [BASES]),
        ('allowed_databases: ["*"]', "db.example.com", "psycopg2", []),
        ('allowed_databases: ["db.example.com"]', "DB.example.com", "psycopg2", []),
        ('allowed_databases: ["db.example.com"]', "db.example.com.evil.net", "psycopg2", [BASES]),
        ('allowed_databases: ["*.example.com"]', Template((W, ".example.com")), "psycopg2", []),
        ('allowed_databases: ["*"]', "not a host", "psycopg2", [BASES]),
        ('allowed_databases: ["/data/app.db"]', "/data/app.db", "sqlite3.connect", []),
        ('allowed_databases: ["/data/app.db"]', "/data/../data/app.db", "sqlite3.connect", []),
        ('allowed_databases: ["/data/*.db"]', Template(("/data/", W, ".db")), "sqlite3.connect", []),
        ('allowed_databases: ["app.db"]', "app.db", "sqlite3.connect", []),
        ('allowed_databases: ["app.db"]', "/workspace/app.db", "sqlite3.connect", []),
        ('allowed_databases: ["/workspace"]', "app.db", "sqlite3.Connection.execute", []),
        ('allowed_databases: ["/workspace"]', "app.db", "psycopg2", [BASES]),
        ('allowed_databases: ["my data"]', "my data", "sqlite3.connect", []),
        ('allowed_databases: ["~"]', "~/app.db", "sqlite3.connect", []),
        ('allowed_databases: ["."]', "app.db", "sqlite3.connect", []),
        ('allowed_databases: [":memory:"]', ":memory:", "sqlite3.connect", []),
        ('allowed_databases: ["/"]', ":memory:", "sqlite3.connect", [BASES]),
        ('allowed_databases: ["*"]', "file:/etc/x?mode=ro", "sqlite3.connect", [BASES]),
        ('allowed_databases: ["*"]', "postgresql://db/x", "psycopg2", [BASES]),
        ('disallowed_databases: ["/data/secret.db"]', "/data/secret.db", "sqlite3.connect", [NO_BASES]),
        ('disallowed_databases: ["/data/secret.db"]', "/data/other.db", "sqlite3.connect", []),
        ('disallowed_databases: ["/data/secret.db"]', None, "sqlite3.connect", [NO_BASES]),
        (
            'allowed_databases: ["/data"] disallowed_databases: ["/data/a"]',
            "/data/a",
            "sqlite3.x",
            [NO_BASES],
        ),
    ],
)
def test_databases_are_judged_by_path_or_host(
    constraints_broken, here, policy, destination, via, broken
) -> None:
    given = f'allowed_database_operations: ["select"] {policy}'
    assert constraints_broken(given, statement(here, destination=destination, via=via)) == broken
