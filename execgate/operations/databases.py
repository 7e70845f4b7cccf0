# ruff: noqa: E501 - a signature stands on one line
"""SQL through `sqlite3`, and from and to data frames.

Making a SQLite connection creates a file; where statements run on it, each says which file it is for.
"""

from __future__ import annotations

from execgate.operations.effects import Calls, Connects, Files, Native, OpensDatabase, Sql
from execgate.operations.entry import Table, effect, nothing, returns

SQLITE = "sqlite3.Connection"
WHERE = "self.database|self.host|self.dsn|self.url"
OPEN = effect(OpensDatabase("database"), gives=SQLITE, keeps=("database",))
STATEMENT = effect(Sql("sql", destination=WHERE), gives="sqlite3.Cursor")
FRAMES = "con.server|con.bind.server|con.database|con.url|con"

TABLE: Table = {
    "sqlite3.connect(database, timeout, detect_types, isolation_level, check_same_thread, factory, cached_statements, uri, *, autocommit)": OPEN,
    "sqlite3.Connection(database, timeout, detect_types, isolation_level, check_same_thread, factory, cached_statements, uri, *, autocommit)": OPEN,
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
    # data frames
    "pandas.read_sql(sql, con, index_col, coerce_float, params, parse_dates, columns, chunksize, dtype_backend, dtype)": effect(
        Connects("con", or_object=True), Sql("sql", destination=FRAMES), gives="pandas.DataFrame"
    ),
    "pandas.read_sql_query(sql, con, index_col, coerce_float, params, parse_dates, chunksize, dtype, dtype_backend)": effect(
        Connects("con", or_object=True), Sql("sql", destination=FRAMES), gives="pandas.DataFrame"
    ),
    "pandas.read_sql_table(table_name, con, schema, index_col, coerce_float, parse_dates, columns, chunksize, dtype_backend)": effect(
        Connects("con", or_object=True),
        Sql(operation="select", table="table_name", destination=FRAMES),
        gives="pandas.DataFrame",
    ),
    "pandas.DataFrame.to_sql(self, name, con, schema, if_exists, index, index_label, chunksize, dtype, method)": effect(
        Connects("con", or_object=True),
        Sql(operation="create", table="name", destination=FRAMES),
        Sql(operation="insert", table="name", destination=FRAMES),
    ),
}
