# ruff: noqa: E501 - a signature stands on one line
"""Databases: SQL through `sqlite3` and the drivers of other databases, and the usual clients of the others.

Making a SQLite connection is no operation of its own: each statement says which file it is for.  A
connection to a server reaches its host besides.
"""

from __future__ import annotations

from execgate.operations.entry import (
    Calls,
    Does,
    Files,
    Native,
    Reaches,
    Sql,
    Table,
    effect,
    nothing,
    returns,
)

SQLITE = "sqlite3.Connection"
CURSOR = "dbapi.Cursor"
CONNECTION = "dbapi.Connection"
WHERE = "self.database|self.host|self.dsn|self.url"
STATEMENT = effect(Sql("sql", destination=WHERE), gives="sqlite3.Cursor")
OPERATION = effect(Sql("operation", destination=WHERE), gives=CURSOR)
DUCK = effect(Sql("operation", destination="connection.database"), gives=CURSOR)
ALCHEMY = effect(Sql("statement", destination="self.url"), gives="sqlalchemy.Result")
KEEPS = ("host", "dsn")
REDIS = "redis.Redis"
MONGO = "pymongo.collection.Collection"
FIND = effect(Sql(operation="select"))
INSERT = effect(Sql(operation="insert"))
UPDATE = effect(Sql(operation="update"))
DELETE = effect(Sql(operation="delete"))
CREATE = effect(Sql(operation="create"))
DROP = effect(Sql(operation="drop"))


def _server(scheme: str) -> Does:
    """Return a connection to a database server: by a URL or `dsn`, else by host and port."""
    return effect(
        Reaches(url="dsn", host="host", port="port", scheme=scheme, method="connect", default="localhost"),
        gives=CONNECTION,
        keeps=KEEPS,
    )


TABLE: Table = {
    "sqlite3.connect(database, timeout, detect_types, isolation_level, check_same_thread, factory, cached_statements, uri, *, autocommit)": returns(
        SQLITE, "database"
    ),
    "sqlite3.Connection(database, timeout, detect_types, isolation_level, check_same_thread, factory, cached_statements, uri, *, autocommit)": returns(
        SQLITE, "database"
    ),
    "sqlite3.Connection.cursor(self, factory)": returns("sqlite3.Cursor"),
    "sqlite3.Connection.execute(self, sql, parameters)": STATEMENT,
    "sqlite3.Connection.executemany(self, sql, parameters)": STATEMENT,
    "sqlite3.Connection.executescript(self, sql_script)": effect(
        Sql("sql_script", destination=WHERE), gives="sqlite3.Cursor"
    ),
    "sqlite3.Connection.backup(self, target, *, pages, progress, name, sleep)": effect(
        Sql(operation="select", destination=WHERE),
        Sql(operation="insert", destination="target.database"),
        Calls("progress"),
    ),
    "sqlite3.Connection.iterdump(self, *, filter)": effect(Sql(operation="select", destination=WHERE)),
    "sqlite3.Connection.serialize(self, *, name)": effect(Sql(operation="select", destination=WHERE)),
    "sqlite3.Connection.deserialize(self, data, *, name)": effect(Sql(operation="insert", destination=WHERE)),
    "sqlite3.Connection.blobopen(self, table, column, row, *, readonly, name)": effect(
        Sql(operation="update", table="table", destination=WHERE), gives="sqlite3.Blob"
    ),
    "sqlite3.Connection.load_extension(self, name, *, entrypoint)": effect(
        Files("read", ("name",)), Native("sqlite")
    ),
    "sqlite3.Connection.enable_load_extension(self, enable)": effect(Native("sqlite")),
    "sqlite3.Connection.create_function(self, name, narg, func, *, deterministic)": effect(Calls("func")),
    "sqlite3.Connection.create_aggregate(self, name, n_arg, aggregate_class)": effect(
        Calls("aggregate_class")
    ),
    "sqlite3.Connection.create_window_function(self, name, num_params, aggregate_class)": effect(
        Calls("aggregate_class")
    ),
    "sqlite3.Connection.create_collation(self, name, callback)": effect(Calls("callback")),
    "sqlite3.Connection.set_authorizer(self, authorizer_callback)": effect(Calls("authorizer_callback")),
    "sqlite3.Connection.set_progress_handler(self, progress_handler, n)": effect(Calls("progress_handler")),
    "sqlite3.Connection.set_trace_callback(self, trace_callback)": effect(Calls("trace_callback")),
    "sqlite3.Connection.close(self)": nothing(),
    "sqlite3.Connection.commit(self)": nothing(),
    "sqlite3.Connection.rollback(self)": nothing(),
    "sqlite3.Connection.interrupt(self)": nothing(),
    "sqlite3.Connection.getlimit(self, category)": nothing(),
    "sqlite3.Connection.setlimit(self, category, limit)": nothing(),
    "sqlite3.Connection.getconfig(self, op)": nothing(),
    "sqlite3.Connection.setconfig(self, op, enable)": nothing(),
    "sqlite3.Connection.__call__(self, sql)": STATEMENT,
    "sqlite3.Cursor(connection)": effect(gives="sqlite3.Cursor", keeps=("connection",)),
    "sqlite3.Cursor.execute(self, sql, parameters)": STATEMENT,
    "sqlite3.Cursor.executemany(self, sql, seq_of_parameters)": STATEMENT,
    "sqlite3.Cursor.executescript(self, sql_script)": effect(
        Sql("sql_script", destination=WHERE), gives="sqlite3.Cursor"
    ),
    "sqlite3.Cursor.fetchall(self)": nothing(),
    "sqlite3.Cursor.fetchmany(self, size)": nothing(),
    "sqlite3.Cursor.fetchone(self)": nothing(),
    "sqlite3.Cursor.close(self)": nothing(),
    "sqlite3.Cursor.setinputsizes(self, sizes)": nothing(),
    "sqlite3.Cursor.setoutputsize(self, size, column)": nothing(),
    "sqlite3.adapt(obj, proto, alt)": nothing(),
    "sqlite3.complete_statement(statement)": nothing(),
    "sqlite3.enable_callback_tracebacks(enable)": nothing(),
    "sqlite3.enable_shared_cache(enable)": nothing(),
    "sqlite3.register_adapter(type, adapter)": effect(Calls("adapter")),
    "sqlite3.register_converter(typename, converter)": effect(Calls("converter")),
    # the common interface of drivers
    "dbapi.Connection.cursor(self, *args, **kwargs)": returns(CURSOR),
    "dbapi.Connection.execute(self, operation, parameters, **kwargs)": OPERATION,
    "dbapi.Connection.executemany(self, operation, parameters, **kwargs)": OPERATION,
    "dbapi.Connection.query(self, operation)": OPERATION,
    "dbapi.Connection.sql(self, operation)": OPERATION,
    "dbapi.Connection.fetch(self, operation, *args, **kwargs)": OPERATION,
    "dbapi.Connection.fetchrow(self, operation, *args, **kwargs)": OPERATION,
    "dbapi.Connection.fetchval(self, operation, *args, **kwargs)": OPERATION,
    "dbapi.Connection.commit(self)": nothing(),
    "dbapi.Connection.rollback(self)": nothing(),
    "dbapi.Connection.begin(self)": nothing(),
    "dbapi.Connection.close(self)": nothing(),
    "dbapi.Connection.ping(self, reconnect)": nothing(),
    "dbapi.Cursor.execute(self, operation, parameters, **kwargs)": OPERATION,
    "dbapi.Cursor.executemany(self, operation, parameters, **kwargs)": OPERATION,
    "dbapi.Cursor.callproc(self, name, parameters)": effect(Sql(operation="execute", destination=WHERE)),
    "dbapi.Cursor.copy_expert(self, operation, file, size)": OPERATION,
    "dbapi.Cursor.copy_from(self, file, table, sep, null, size, columns)": effect(
        Sql(operation="insert", table="table", destination=WHERE)
    ),
    "dbapi.Cursor.copy_to(self, file, table, sep, null, columns)": effect(
        Sql(operation="select", table="table", destination=WHERE)
    ),
    "dbapi.Cursor.copy(self, operation, parameters)": OPERATION,
    "dbapi.Cursor.mogrify(self, operation, parameters)": nothing(),
    "dbapi.Cursor.fetchone(self)": nothing(),
    "dbapi.Cursor.fetchmany(self, size)": nothing(),
    "dbapi.Cursor.fetchall(self)": nothing(),
    "dbapi.Cursor.fetchdf(self)": returns("pandas.DataFrame"),
    "dbapi.Cursor.df(self)": returns("pandas.DataFrame"),
    "dbapi.Cursor.nextset(self)": nothing(),
    "dbapi.Cursor.close(self)": nothing(),
    "psycopg2.connect(dsn, connection_factory, cursor_factory, *, host, port, dbname, database, user, password, **kwargs)": _server(
        "postgresql"
    ),
    "psycopg.connect(dsn, *, autocommit, host, port, dbname, user, password, row_factory, **kwargs)": _server(
        "postgresql"
    ),
    "psycopg.Connection.connect(dsn, *, autocommit, host, port, dbname, user, password, row_factory, **kwargs)": _server(
        "postgresql"
    ),
    "psycopg.AsyncConnection.connect(dsn, *, autocommit, host, port, dbname, user, password, row_factory, **kwargs)": _server(
        "postgresql"
    ),
    "asyncpg.connect(dsn, *, host, port, user, password, database, **kwargs)": _server("postgresql"),
    "pg8000.connect(user, host, database, port, password, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="postgresql", method="connect", default="localhost"),
        gives=CONNECTION,
        keeps=("host",),
    ),
    "pymysql.connect(*, user, password, host, database, unix_socket, port, charset, db, passwd, cursorclass, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="mysql", method="connect", default="localhost"),
        gives=CONNECTION,
        keeps=("host",),
    ),
    "MySQLdb.connect(host, user, passwd, db, port, *, password, database, unix_socket, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="mysql", method="connect", default="localhost"),
        gives=CONNECTION,
        keeps=("host",),
    ),
    "mysql.connector.connect(*, host, port, user, password, database, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="mysql", method="connect", default="localhost"),
        gives=CONNECTION,
        keeps=("host",),
    ),
    "aiomysql.connect(host, user, password, db, port, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="mysql", method="connect", default="localhost"),
        gives=CONNECTION,
        keeps=("host",),
    ),
    "pyodbc.connect(dsn, autocommit, timeout, readonly, **kwargs)": effect(
        Reaches(url="dsn", method="connect"), gives=CONNECTION, keeps=("dsn",)
    ),
    "pymssql.connect(server, user, password, database, *, port, **kwargs)": effect(
        Reaches(host="server", port="port", method="connect"), gives=CONNECTION
    ),
    "cx_Oracle.connect(user, password, dsn, **kwargs)": effect(
        Reaches(url="dsn", scheme="oracle", method="connect"), gives=CONNECTION, keeps=("dsn",)
    ),
    "oracledb.connect(dsn, *, user, password, host, port, **kwargs)": _server("oracle"),
    "snowflake.connector.connect(*, user, password, account, database, **kwargs)": effect(
        Reaches(host="account", scheme="https", method="connect"), gives=CONNECTION
    ),
    "clickhouse_driver.connect(dsn, *, host, port, user, password, database, **kwargs)": _server(
        "clickhouse"
    ),
    "duckdb.connect(database, read_only, config)": returns(CONNECTION, "database"),
    "duckdb.sql(operation, *, alias, connection)": DUCK,
    "duckdb.query(operation, *, alias, connection)": DUCK,
    "duckdb.execute(operation, parameters, *, connection)": DUCK,
    "duckdb.read_csv(path, **kwargs)": effect(Files("read", ("path",), urls=True), gives=CURSOR),
    "duckdb.read_parquet(path, **kwargs)": effect(Files("read", ("path",), urls=True), gives=CURSOR),
    "duckdb.read_json(path, **kwargs)": effect(Files("read", ("path",), urls=True), gives=CURSOR),
    "aiosqlite.connect(database, *, iter_chunk_size, **kwargs)": returns(SQLITE, "database"),
    # SQLAlchemy
    "sqlalchemy.create_engine(url, *, echo, connect_args, pool_size, creator, **kwargs)": effect(
        Reaches(url="url", method="connect"), Calls("creator"), gives="sqlalchemy.Engine", keeps=("url",)
    ),
    "sqlalchemy.ext.asyncio.create_async_engine(url, *, echo, connect_args, creator, **kwargs)": effect(
        Reaches(url="url", method="connect"), Calls("creator"), gives="sqlalchemy.Engine", keeps=("url",)
    ),
    "sqlalchemy.text(text)": returns("sqlalchemy.TextClause", "text"),
    "sqlalchemy.Engine.connect(self)": returns("sqlalchemy.Connection"),
    "sqlalchemy.Engine.begin(self)": returns("sqlalchemy.Connection"),
    "sqlalchemy.Engine.raw_connection(self)": returns(CONNECTION),
    "sqlalchemy.Engine.execute(self, statement, *multiparams, **params)": ALCHEMY,
    "sqlalchemy.Engine.dispose(self, close)": nothing(),
    "sqlalchemy.Connection.execute(self, statement, parameters, *, execution_options)": ALCHEMY,
    "sqlalchemy.Connection.exec_driver_sql(self, statement, parameters, execution_options)": ALCHEMY,
    "sqlalchemy.Connection.scalar(self, statement, parameters, *, execution_options)": ALCHEMY,
    "sqlalchemy.Connection.scalars(self, statement, parameters, *, execution_options)": ALCHEMY,
    "sqlalchemy.Connection.commit(self)": nothing(),
    "sqlalchemy.Connection.rollback(self)": nothing(),
    "sqlalchemy.Connection.close(self)": nothing(),
    "sqlalchemy.Connection.begin(self)": returns("sqlalchemy.Connection"),
    "sqlalchemy.orm.Session(bind, **kwargs)": effect(gives="sqlalchemy.orm.Session", keeps=("bind",)),
    "sqlalchemy.orm.Session.execute(self, statement, params, **kwargs)": effect(
        Sql("statement", destination="self.bind.url"), gives="sqlalchemy.Result"
    ),
    "sqlalchemy.orm.Session.commit(self)": effect(Sql(operation="update", destination="self.bind.url")),
    "sqlalchemy.orm.Session.flush(self, objects)": effect(
        Sql(operation="update", destination="self.bind.url")
    ),
    "sqlalchemy.orm.Session.query(self, *entities)": effect(
        Sql(operation="select", destination="self.bind.url")
    ),
    "sqlalchemy.orm.Session.get(self, entity, ident, **kwargs)": effect(
        Sql(operation="select", destination="self.bind.url")
    ),
    "sqlalchemy.MetaData.create_all(self, bind, tables, checkfirst)": effect(
        Sql(operation="create", destination="bind.url")
    ),
    "sqlalchemy.MetaData.drop_all(self, bind, tables, checkfirst)": effect(
        Sql(operation="drop", destination="bind.url")
    ),
    "sqlalchemy.MetaData.reflect(self, bind, **kwargs)": effect(
        Sql(operation="select", destination="bind.url")
    ),
    "sqlalchemy.MetaData(**kwargs)": returns("sqlalchemy.MetaData"),
    # documents and keys
    "pymongo.MongoClient(host, port, document_class, tz_aware, connect, **kwargs)": effect(
        Reaches(url="host", port="port", scheme="mongodb", method="connect", default="localhost"),
        gives="pymongo.MongoClient",
        keeps=("host",),
    ),
    "pymongo.MongoClient.get_database(self, name, **kwargs)": returns("pymongo.database.Database"),
    "pymongo.MongoClient.__getitem__(self, name)": returns("pymongo.database.Database"),
    "pymongo.MongoClient.drop_database(self, name_or_database)": DROP,
    "pymongo.MongoClient.list_database_names(self)": FIND,
    "pymongo.MongoClient.close(self)": nothing(),
    "pymongo.database.Database.get_collection(self, name, **kwargs)": returns(MONGO),
    "pymongo.database.Database.__getitem__(self, name)": returns(MONGO),
    "pymongo.database.Database.create_collection(self, name, **kwargs)": CREATE,
    "pymongo.database.Database.drop_collection(self, name_or_collection)": DROP,
    "pymongo.database.Database.list_collection_names(self)": FIND,
    "pymongo.database.Database.command(self, command, **kwargs)": effect(Sql(operation="execute")),
    "pymongo.collection.Collection.find(self, *args, **kwargs)": FIND,
    "pymongo.collection.Collection.find_one(self, filter, *args, **kwargs)": FIND,
    "pymongo.collection.Collection.count_documents(self, filter, **kwargs)": FIND,
    "pymongo.collection.Collection.distinct(self, key, filter)": FIND,
    "pymongo.collection.Collection.aggregate(self, pipeline, **kwargs)": effect(Sql(operation="execute")),
    "pymongo.collection.Collection.insert_one(self, document, **kwargs)": INSERT,
    "pymongo.collection.Collection.insert_many(self, documents, **kwargs)": INSERT,
    "pymongo.collection.Collection.update_one(self, filter, update, **kwargs)": UPDATE,
    "pymongo.collection.Collection.update_many(self, filter, update, **kwargs)": UPDATE,
    "pymongo.collection.Collection.replace_one(self, filter, replacement, **kwargs)": UPDATE,
    "pymongo.collection.Collection.find_one_and_update(self, filter, update, **kwargs)": UPDATE,
    "pymongo.collection.Collection.find_one_and_replace(self, filter, replacement, **kwargs)": UPDATE,
    "pymongo.collection.Collection.find_one_and_delete(self, filter, **kwargs)": DELETE,
    "pymongo.collection.Collection.delete_one(self, filter, **kwargs)": DELETE,
    "pymongo.collection.Collection.delete_many(self, filter, **kwargs)": DELETE,
    "pymongo.collection.Collection.bulk_write(self, requests, **kwargs)": effect(Sql(operation="execute")),
    "pymongo.collection.Collection.create_index(self, keys, **kwargs)": CREATE,
    "pymongo.collection.Collection.drop(self)": DROP,
    "redis.Redis(host, port, db, password, *, unix_socket_path, username, ssl, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="redis", method="connect", default="localhost"),
        Reaches(address="unix_socket_path", method="connect"),
        gives=REDIS,
        keeps=("host",),
    ),
    "redis.StrictRedis(host, port, db, password, *, unix_socket_path, username, ssl, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="redis", method="connect", default="localhost"),
        Reaches(address="unix_socket_path", method="connect"),
        gives=REDIS,
        keeps=("host",),
    ),
    "redis.from_url(url, **kwargs)": effect(
        Reaches(url="url", method="connect"), gives=REDIS, keeps=("url",)
    ),
    "redis.Redis.from_url(url, **kwargs)": effect(
        Reaches(url="url", method="connect"), gives=REDIS, keeps=("url",)
    ),
    "redis.Redis.get(self, name)": effect(Sql(operation="select", destination="self.host|self.url")),
    "redis.Redis.mget(self, keys, *args)": effect(Sql(operation="select", destination="self.host|self.url")),
    "redis.Redis.keys(self, pattern)": effect(Sql(operation="select", destination="self.host|self.url")),
    "redis.Redis.exists(self, *names)": effect(Sql(operation="select", destination="self.host|self.url")),
    "redis.Redis.set(self, name, value, ex, px, nx, xx)": effect(
        Sql(operation="update", destination="self.host|self.url")
    ),
    "redis.Redis.delete(self, *names)": effect(Sql(operation="delete", destination="self.host|self.url")),
    "redis.Redis.flushall(self, asynchronous)": effect(
        Sql(operation="drop", destination="self.host|self.url")
    ),
    "redis.Redis.flushdb(self, asynchronous)": effect(
        Sql(operation="drop", destination="self.host|self.url")
    ),
    "redis.Redis.*(self, *args, **kwargs)": effect(
        Sql(operation="execute", destination="self.host|self.url")
    ),
    # data frames
    "pandas.read_sql(sql, con, index_col, coerce_float, params, parse_dates, columns, chunksize, dtype_backend, dtype)": effect(
        Sql("sql", destination="con.database|con.url|con"), gives="pandas.DataFrame"
    ),
    "pandas.read_sql_query(sql, con, index_col, coerce_float, params, parse_dates, chunksize, dtype, dtype_backend)": effect(
        Sql("sql", destination="con.database|con.url|con"), gives="pandas.DataFrame"
    ),
    "pandas.read_sql_table(table_name, con, schema, index_col, coerce_float, parse_dates, columns, chunksize, dtype_backend)": effect(
        Sql(operation="select", table="table_name", destination="con.url|con"), gives="pandas.DataFrame"
    ),
    "pandas.DataFrame.to_sql(self, name, con, schema, if_exists, index, index_label, chunksize, dtype, method)": effect(
        Sql(operation="create", table="name", destination="con.database|con.url|con"),
        Sql(operation="insert", table="name", destination="con.database|con.url|con"),
    ),
}
