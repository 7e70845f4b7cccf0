# ruff: noqa: E501 - a signature stands on one line
"""Drivers of databases that speak SQL, by their common interface, and DuckDB.

A connection reaches its server when it is made; each statement says which server, or which file, it is for.
"""

from __future__ import annotations

from dataclasses import replace

from execgate.operations.effects import Connects, Files, Native, Sql
from execgate.operations.entry import Does, Table, effect, nothing, returns

CONNECTION = "dbapi.Connection"
CURSOR = "dbapi.Cursor"
POOL = "dbapi.Pool"
STATEMENT = "operation|query|sql|statement|command|stmt"
WHERE = "self.server|self.database|self.conn.server"
RUNS = effect(Sql(STATEMENT, destination=WHERE), gives=CURSOR)
SPELLED = "*, query, sql, statement, command, stmt"
DUCK = "duckdb.DuckDBPyConnection"
RELATION = "duckdb.DuckDBPyRelation"
DUCKS = effect(Sql("query"), gives=RELATION)
READS = effect(Files("read", ("path_or_buffer",), urls=True), gives=RELATION)
FILE = effect(Files("write", ("file_name",)))


def _server(scheme: str, port: int | None = None, source: str | None = "dsn", host: str = "host") -> Does:
    """Return a connection to a server: at an address in one text, else by host and port."""
    return effect(
        Connects(source, host, "port" if port is None else port, scheme, default="localhost"),
        gives=CONNECTION,
    )


def _pool(scheme: str, source: str = "dsn") -> Does:
    return effect(Connects(source, "host", "port", scheme, default="localhost"), gives=POOL)


def _copies(operation: str, table: str = "table") -> Does:
    return effect(Sql(operation=operation, table=table, destination=WHERE))


def _both(lines: dict[str, Does]) -> Table:
    """Return lines for connections, cursors and pools alike: most drivers give all of them these methods."""
    return {f"{owner}.{line}": does for owner in (CONNECTION, CURSOR, POOL) for line, does in lines.items()}


def _in(does: Does, destination: str) -> Does:
    """Return what a line says, for the database at a place."""
    effects = (replace(one, destination=destination) if isinstance(one, Sql) else one for one in does.effects)
    return replace(does, effects=tuple(effects))


def _duck(lines: dict[str, Does]) -> Table:
    """Return lines for a connection and for the module, which has one of its own."""
    table: Table = {}
    for line, does in lines.items():
        name, _, parameters = line.partition("(")
        table[f"{DUCK}.{name}(self, {parameters}"] = _in(does, "self.database")
        table[f"duckdb.{name}({parameters}"] = _in(does, "connection.database")
    return table


TABLE: Table = {
    **_both(
        {
            f"execute(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"executemany(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"executescript(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"query(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"sql(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"run(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"stream(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"prepare(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"fetch(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"fetchmany(self, operation, parameters, {SPELLED}, **kwargs)": nothing(),
            f"fetchrow(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"fetchval(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"copy(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"copy_expert(self, operation, file, size, {SPELLED})": RUNS,
            f"copy_from_query(self, operation, parameters, {SPELLED}, **kwargs)": RUNS,
            f"start_replication_expert(self, operation, decode, status_interval, {SPELLED})": RUNS,
            "callproc(self, procname, parameters, **kwargs)": effect(
                Sql(operation="execute", destination=WHERE)
            ),
            "copy_from(self, file, table, sep, null, size, columns)": _copies("insert"),
            "copy_to(self, file, table, sep, null, columns)": _copies("select"),
            "copy_from_table(self, table_name, **kwargs)": _copies("select", "table_name"),
            "copy_to_table(self, table_name, **kwargs)": _copies("insert", "table_name"),
            "copy_records_to_table(self, table_name, **kwargs)": _copies("insert", "table_name"),
            "mogrify(self, operation, parameters)": nothing(),
            "fetchone(self)": nothing(),
            "fetchall(self)": nothing(),
            "nextset(self)": nothing(),
            "commit(self)": nothing(),
            "rollback(self)": nothing(),
            "begin(self)": nothing(),
            "close(self)": nothing(),
            "terminate(self)": nothing(),
            "ping(self, reconnect)": nothing(),
            "transaction(self, **kwargs)": nothing(),
            "cursor(self, *args, **kwargs)": returns(CURSOR),
            "__enter__(self)": nothing(),
        }
    ),
    f"{POOL}.acquire(self, **kwargs)": returns(CONNECTION),
    f"{POOL}.connection(self, timeout)": returns(CONNECTION),
    f"{POOL}.getconn(self, *args, **kwargs)": returns(CONNECTION),
    f"{POOL}.get_connection(self)": returns(CONNECTION),
    f"{POOL}.putconn(self, conn, **kwargs)": nothing(),
    f"{POOL}.release(self, connection, **kwargs)": nothing(),
    f"{POOL}.closeall(self)": nothing(),
    # PostgreSQL
    "psycopg2.connect(dsn, connection_factory, cursor_factory, *, host, port, hostaddr, dbname, database, user, password, **kwargs)": _server(
        "postgresql", host="hostaddr|host"
    ),
    "psycopg2.pool.SimpleConnectionPool(minconn, maxconn, dsn, *, host, port, **kwargs)": _pool("postgresql"),
    "psycopg2.pool.ThreadedConnectionPool(minconn, maxconn, dsn, *, host, port, **kwargs)": _pool(
        "postgresql"
    ),
    "psycopg2.extras.execute_values(cur, sql, argslist, template, page_size, fetch)": effect(
        Sql("sql", destination="cur.server")
    ),
    "psycopg2.extras.execute_batch(cur, sql, argslist, page_size)": effect(
        Sql("sql", destination="cur.server")
    ),
    "psycopg2.sql.SQL(text)": returns("psycopg2.sql.SQL", "text"),
    "psycopg2.sql.SQL.format(self, *args, **kwargs)": returns("psycopg2.sql.SQL"),
    "psycopg.sql.SQL(text)": returns("psycopg2.sql.SQL", "text"),
    **{
        f"{name}(conninfo, *, autocommit, prepare_threshold, context, row_factory, cursor_factory, host, port, hostaddr, dbname, user, password, **kwargs)": _server(
            "postgresql", source="conninfo", host="hostaddr|host"
        )
        for name in ("psycopg.connect", "psycopg.Connection.connect", "psycopg.AsyncConnection.connect")
    },
    "psycopg_pool.ConnectionPool(conninfo, *, min_size, max_size, kwargs, open, host, port, **more)": _pool(
        "postgresql", "conninfo"
    ),
    "psycopg_pool.AsyncConnectionPool(conninfo, *, min_size, max_size, kwargs, open, host, port, **more)": _pool(
        "postgresql", "conninfo"
    ),
    "asyncpg.connect(dsn, *, host, port, user, password, passfile, service, servicefile, database, **kwargs)": _server(
        "postgresql"
    ),
    "asyncpg.create_pool(dsn, *, min_size, max_size, host, port, user, password, database, **kwargs)": _pool(
        "postgresql"
    ),
    "pg8000.connect(user, host, database, port, password, source_address, unix_sock, **kwargs)": _server(
        "postgresql", source=None
    ),
    "pg8000.native.Connection(user, host, database, port, password, source_address, unix_sock, **kwargs)": _server(
        "postgresql", source=None
    ),
    # MySQL
    "pymysql.connect(*, user, password, host, database, unix_socket, port, charset, db, passwd, cursorclass, read_default_file, local_infile, init_command, **kwargs)": effect(
        Files("read", ("read_default_file",)), Sql("init_command")
    )
    + _server("mysql", source=None),
    "MySQLdb.connect(host, user, password, database, port, unix_socket, *, passwd, db, read_default_file, init_command, **kwargs)": effect(
        Files("read", ("read_default_file",)), Sql("init_command")
    )
    + _server("mysql", source=None),
    "mysql.connector.connect(*, host, port, user, password, database, option_files, pool_name, **kwargs)": effect(
        Files("read", ("option_files",))
    )
    + _server("mysql", source=None),
    "mysql.connector.pooling.MySQLConnectionPool(pool_size, pool_name, pool_reset_session, *, host, port, **kwargs)": effect(
        Connects(None, "host", "port", "mysql", default="localhost"), gives=POOL
    ),
    "aiomysql.connect(host, user, password, db, port, unix_socket, **kwargs)": _server("mysql", source=None),
    "aiomysql.create_pool(minsize, maxsize, echo, *, host, port, user, password, db, **kwargs)": effect(
        Connects(None, "host", "port", "mysql", default="localhost"), gives=POOL
    ),
    # others
    "pyodbc.connect(connstring, autocommit, ansi, timeout, readonly, **kwargs)": effect(
        Connects("connstring", scheme="odbc"), gives=CONNECTION
    ),
    "pymssql.connect(server, user, password, database, timeout, login_timeout, charset, as_dict, host, *, port, **kwargs)": _server(
        "mssql", source=None, host="server|host"
    ),
    "cx_Oracle.connect(user, password, dsn, *, host, port, **kwargs)": _server("oracle"),
    "oracledb.connect(dsn, *, user, password, host, port, **kwargs)": _server("oracle"),
    "oracledb.create_pool(dsn, *, user, password, host, port, **kwargs)": _pool("oracle"),
    "snowflake.connector.connect(*, user, password, account, host, database, warehouse, schema, **kwargs)": effect(
        Connects(None, "host|account", None, "https"), gives=CONNECTION
    ),
    "clickhouse_driver.connect(dsn, *, host, port, user, password, database, **kwargs)": _server(
        "clickhouse"
    ),
    "clickhouse_driver.Client(host, port, *, user, password, database, **kwargs)": _server(
        "clickhouse", source=None
    ),
    "clickhouse_connect.get_client(*, host, port, username, password, database, dsn, **kwargs)": _server(
        "https"
    ),
    "vertica_python.connect(dsn, *, host, port, user, password, **kwargs)": _server("vertica"),
    "trino.dbapi.connect(host, port, user, **kwargs)": _server("https", source=None),
    "databricks.sql.connect(server_hostname, http_path, access_token, **kwargs)": effect(
        Connects(None, "server_hostname", None, "https"), gives=CONNECTION
    ),
    "aiosqlite.connect(database, *, iter_chunk_size, **kwargs)": returns(CONNECTION, "database"),
    # DuckDB
    "duckdb.connect(database, object, *, read_only, config)": returns(DUCK, "database"),
    **_duck(
        {
            "sql(query, *, alias, params, connection)": DUCKS,
            "query(query, *, alias, params, connection)": DUCKS,
            "from_query(query, *, alias, params, connection)": DUCKS,
            "execute(query, parameters, *, connection)": DUCKS,
            "executemany(query, parameters, *, connection)": DUCKS,
            "query_df(df, virtual_table_name, query, *, connection)": DUCKS,
            "read_csv(path_or_buffer, **kwargs)": READS,
            "from_csv_auto(path_or_buffer, **kwargs)": READS,
            "read_json(path_or_buffer, **kwargs)": READS,
            "read_parquet(path_or_buffer, **kwargs)": READS,
            "from_parquet(path_or_buffer, **kwargs)": READS,
            "table(table_name, *, connection)": effect(
                Sql(operation="select", table="table_name"),
                gives=RELATION,
            ),
            "view(view_name, *, connection)": effect(
                Sql(operation="select", table="view_name"),
                gives=RELATION,
            ),
            "append(table_name, df, *, by_name, connection)": effect(
                Sql(operation="insert", table="table_name")
            ),
            "install_extension(extension, *, force_install, repository, repository_url, version, connection)": effect(
                Connects(None, None, None, "https", default="extensions.duckdb.org"), Native("extension")
            ),
            "load_extension(extension, *, connection)": effect(Native("extension")),
            "register(view_name, python_object, *, connection)": returns(DUCK),
            "from_df(df, *, connection)": returns(RELATION),
            "from_arrow(arrow_object, *, connection)": returns(RELATION),
            "cursor(*, connection)": returns(DUCK),
            "begin(*, connection)": returns(DUCK),
            "commit(*, connection)": returns(DUCK),
            "rollback(*, connection)": returns(DUCK),
            "close(*, connection)": nothing(),
            "fetchall(*, connection)": nothing(),
            "fetchone(*, connection)": nothing(),
            "fetchmany(size, *, connection)": nothing(),
            "df(*, date_as_object, connection)": returns("pandas.DataFrame"),
            "fetchdf(*, date_as_object, connection)": returns("pandas.DataFrame"),
            "fetch_df(*, date_as_object, connection)": returns("pandas.DataFrame"),
            "unregister(view_name, *, connection)": returns(DUCK),
        }
    ),
    "duckdb.write_csv(df, filename, *args, **kwargs)": effect(Files("write", ("filename",))),
    f"{RELATION}.write_csv(self, file_name, **kwargs)": FILE,
    f"{RELATION}.to_csv(self, file_name, **kwargs)": FILE,
    f"{RELATION}.write_parquet(self, file_name, **kwargs)": FILE,
    f"{RELATION}.to_parquet(self, file_name, **kwargs)": FILE,
    f"{RELATION}.create(self, table_name)": effect(Sql(operation="create", table="table_name")),
    f"{RELATION}.to_table(self, table_name)": effect(Sql(operation="create", table="table_name")),
    f"{RELATION}.create_view(self, view_name, replace)": effect(
        Sql(operation="create", table="view_name"), gives=RELATION
    ),
    f"{RELATION}.to_view(self, view_name, replace)": effect(
        Sql(operation="create", table="view_name"), gives=RELATION
    ),
    f"{RELATION}.insert_into(self, table_name)": effect(Sql(operation="insert", table="table_name")),
    f"{RELATION}.insert(self, values)": effect(Sql(operation="insert")),
    f"{RELATION}.update(self, set, *, condition)": effect(Sql(operation="update")),
    f"{RELATION}.query(self, virtual_table_name, sql_query)": effect(Sql("sql_query"), gives=RELATION),
    f"{RELATION}.df(self, *, date_as_object)": returns("pandas.DataFrame"),
    f"{RELATION}.to_df(self, *, date_as_object)": returns("pandas.DataFrame"),
    f"{RELATION}.fetchdf(self, *, date_as_object)": returns("pandas.DataFrame"),
    f"{RELATION}.fetchall(self)": nothing(),
    f"{RELATION}.fetchone(self)": nothing(),
    f"{RELATION}.show(self, **kwargs)": nothing(),
    **{
        f"{RELATION}.{name}(self, *args, **kwargs)": returns(RELATION)
        for name in """
            aggregate alias count cross describe distinct except_ filter join limit order project select
            set_alias sort union union_by_name unique
        """.split()
    },
}
