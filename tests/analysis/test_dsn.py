"""Where the address of a database leads, however its client takes it; what can be read in two ways is not known."""

from __future__ import annotations

import pytest

from execgate.analysis import dsn
from execgate.model.values import Hole, Template, Text, Unknown

KNOWN: list[tuple[Text, list[tuple[str | None, str | None, int | None]]]] = [
    ("postgresql://db.example/shop", [("postgresql", "db.example", None)]),
    ("postgres://u:p@db.example:5433/shop", [("postgresql", "db.example", 5433)]),
    ("postgresql+asyncpg://u@DB.Example/shop?sslmode=require", [("postgresql", "db.example", None)]),
    (
        "mongodb://a.example:1,b.example:2/?replicaSet=r",
        [("mongodb", "a.example", 1), ("mongodb", "b.example", 2)],
    ),
    ("mongodb+srv://u:p@c.example/x", [("mongodb", "c.example", None)]),
    ("redis://:secret@cache.example:6379/0", [("redis", "cache.example", 6379)]),
    ("amqp://guest:guest@mq.example//", [("amqp", "mq.example", None)]),
    ("rpc://", [("rpc", None, None)]),
    ("host=db.example port=5433 dbname=x", [(None, "db.example", 5433)]),
    ("dbname=x user=y", [(None, "localhost", None)]),
    ("Server=db.example,1433;Database=x;UID=u;PWD=p", [(None, "db.example", 1433)]),
    ("a.example:9092,b.example", [(None, "a.example", 9092), (None, "b.example", None)]),
    ("AccountName=acme;AccountKey=x==", [("https", "acme.blob.core.windows.net", None)]),
    ("Endpoint=sb://bus.example/;SharedAccessKey=k", [("https", "bus.example", None)]),
    (
        Template(("postgresql://db.example/t", Hole.WORD)),
        [("postgresql", "db.example", None)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), KNOWN)
def test_an_address_names_its_servers(text: Text, expected: list[object]) -> None:
    assert [(found.scheme, found.host, found.port) for found in dsn.read(text)] == expected


FILES: list[tuple[str, str]] = [
    ("sqlite://", ":memory:"),
    ("sqlite:///:memory:", ":memory:"),
    ("sqlite:///x.db", "./x.db"),
    ("sqlite+aiosqlite:///data/x.db?timeout=5", "data/x.db"),
    ("sqlite:////etc/x.db", "/etc/x.db"),
    ("db+sqlite:///x.db", "./x.db"),
    ("duckdb:///x.duckdb", "./x.duckdb"),
    ("unix:///var/run/redis.sock", "/var/run/redis.sock"),
    ("DRIVER={SQLite3};DATABASE=/data/x.db", "/data/x.db"),
]


@pytest.mark.parametrize(("text", "expected"), FILES)
def test_a_database_can_be_a_file(text: str, expected: str) -> None:
    (found,) = dsn.read(text)
    assert (found.host, found.file) == (None, expected)
    assert found.name == expected


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://db.example/x?host=evil.example",
        "postgresql://db.example/x?hostaddr=10.0.0.1",
        "postgresql://db.example/x?service=other",
        "mssql+pyodbc:///?odbc_connect=SERVER%3Devil.example",
        "postgresql://u:a@evil.example/@db.example/x?x=1",
        "host=db.example host=evil.example hostaddr=10.0.0.1",
        "service=other",
        "host=db.example 'odd",
        "SERVER=db.example;Failover_Partner=evil.example",
        "DSN=other",
        "sqlite:/x.db",
        "postgresql://db.example\\@evil.example/x",
        Template(("postgresql://db.example/", Hole.ANY)),
        Template(("postgresql://app:", Hole.ANY, "@db.example/x")),
        Template(("host=db.example password=", Hole.ANY)),
        Template(("SERVER=db.example;PWD=", Hole.WORD)),
        Template((Hole.ANY,)),
        Unknown("it is read from a file"),
    ],
)
def test_what_can_lead_elsewhere_is_not_known(text: Text) -> None:
    assert any(isinstance(found.name, (Unknown, Template)) for found in dsn.read(text))


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("git@github.com:a/b.git", "github.com"),
        ("https://github.com/a/b", "github.com"),
        ("ssh://git@github.com:22/a/b", "github.com"),
        ("github.com:22", "github.com"),
    ],
)
def test_git_and_scp_name_a_host_and_a_path_on_it(text: str, host: str) -> None:
    assert [found.host for found in dsn.read(text, "ssh")] == [host]
