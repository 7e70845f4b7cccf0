# ruff: noqa: E501 - a signature stands on one line
"""SQLAlchemy: engines, sessions, and statements that are built by calls."""

from __future__ import annotations

from execgate.operations.effects import Calls, Connects, Sql
from execgate.operations.entry import Does, Table, effect, nothing, returns

ENGINE = "sqlalchemy.Engine"
CONNECTION = "sqlalchemy.Connection"
SESSION = "sqlalchemy.orm.Session"
QUERY = "sqlalchemy.orm.Query"
MADE = effect(
    Connects("url", "connect_args.host|connect_args.hostaddr|connect_args.unix_socket", "connect_args.port"),
    Calls("creator"),
    gives=ENGINE,
    keeps=("url",),
)
BIND = "self.server|self.bind.server|self.bind.url"
RUNS = effect(Sql("statement", destination=BIND), gives="sqlalchemy.Result")
BOUND = effect(gives=SESSION, keeps=("bind",))
MAKER = effect(gives="sqlalchemy.orm.sessionmaker", keeps=("bind",))


def _entity(operation: str, table: str, gives: str | None = None) -> Does:
    return effect(Sql(operation=operation, table=table, destination=BIND), gives=gives)


def _builds(kind: str, steps: str) -> Table:
    """Return the methods of a statement that give it back with more in it."""
    name = f"sqlalchemy.{kind}"
    return {f"{name}.{step}(self, *args, **kwargs)": returns(name) for step in steps.split()}


TABLE: Table = {
    "sqlalchemy.create_engine(url, *, echo, connect_args, pool_size, creator, **kwargs)": MADE,
    "sqlalchemy.ext.asyncio.create_async_engine(url, *, echo, connect_args, creator, **kwargs)": MADE,
    "sqlalchemy.create_mock_engine(url, executor, **kwargs)": effect(Calls("executor"), gives=ENGINE),
    "sqlalchemy.engine_from_config(configuration, prefix, **kwargs)": effect(
        Connects("configuration.sqlalchemy.url|configuration"), gives=ENGINE
    ),
    "sqlalchemy.URL.create(drivername, username, password, host, port, database, query)": effect(
        Connects(None, "host", "port", default="localhost"),
        Connects(None, "query.host|query.hostaddr"),
        gives="sqlalchemy.URL",
    ),
    "sqlalchemy.make_url(name_or_url)": effect(Connects("name_or_url"), gives="sqlalchemy.URL"),
    "sqlalchemy.text(text)": returns("sqlalchemy.TextClause", "text"),
    "sqlalchemy.TextClause.bindparams(self, *binds, **names)": returns("sqlalchemy.TextClause"),
    "sqlalchemy.TextClause.columns(self, *cols, **types)": returns("sqlalchemy.TextClause"),
    "sqlalchemy.TextClause.execution_options(self, **options)": returns("sqlalchemy.TextClause"),
    f"{ENGINE}.connect(self, **kwargs)": returns(CONNECTION),
    f"{ENGINE}.begin(self)": returns(CONNECTION),
    f"{ENGINE}.raw_connection(self)": returns("dbapi.Connection"),
    f"{ENGINE}.execution_options(self, **options)": returns(ENGINE),
    f"{ENGINE}.execute(self, statement, *multiparams, **params)": RUNS,
    f"{ENGINE}.dispose(self, close)": nothing(),
    **{
        f"{owner}.{name}(self, statement, parameters, *, params, execution_options, bind_arguments, **kwargs)": RUNS
        for owner in (CONNECTION, SESSION)
        for name in "execute scalar scalars stream stream_scalars exec_driver_sql exec".split()
    },
    f"{CONNECTION}.run_sync(self, fn, *args, **kwargs)": effect(Calls("fn", rest="args", keywords="kwargs")),
    **{
        f"{owner}.{name}(self, **kwargs)": returns(owner)
        for owner in (CONNECTION, SESSION)
        for name in "begin begin_nested connection execution_options".split()
    },
    **{
        f"{owner}.{name}(self, **kwargs)": nothing()
        for owner in (CONNECTION, SESSION)
        for name in "commit rollback close".split()
        if f"{owner}.{name}" != f"{SESSION}.commit"
    },
    f"{SESSION}(bind, **kwargs)": BOUND,
    "sqlalchemy.ext.asyncio.AsyncSession(bind, **kwargs)": BOUND,
    "sqlalchemy.orm.sessionmaker(bind, *, class_, autoflush, expire_on_commit, info, **kw)": MAKER,
    "sqlalchemy.ext.asyncio.async_sessionmaker(bind, *, class_, autoflush, expire_on_commit, info, **kw)": MAKER,
    "sqlalchemy.orm.scoped_session(session_factory, scopefunc)": effect(
        Calls("session_factory"), gives=SESSION, keeps=("session_factory",)
    ),
    "sqlalchemy.orm.sessionmaker.__call__(self, **kwargs)": returns(SESSION),
    "sqlalchemy.orm.sessionmaker.begin(self)": returns(SESSION),
    "sqlalchemy.orm.sessionmaker.configure(self, bind, **kwargs)": nothing(),
    f"{SESSION}.add(self, instance, *, _warn)": _entity("insert", "instance"),
    f"{SESSION}.add_all(self, instances)": _entity("insert", "instances[]"),
    f"{SESSION}.merge(self, instance, **kwargs)": _entity("update", "instance"),
    f"{SESSION}.delete(self, instance)": _entity("delete", "instance"),
    f"{SESSION}.delete_all(self, instances)": _entity("delete", "instances[]"),
    f"{SESSION}.bulk_save_objects(self, objects, **kwargs)": _entity("insert", "objects[]"),
    f"{SESSION}.bulk_insert_mappings(self, mapper, mappings, **kwargs)": _entity("insert", "mapper"),
    f"{SESSION}.bulk_update_mappings(self, mapper, mappings)": _entity("update", "mapper"),
    f"{SESSION}.query(self, *entities)": _entity("select", "entities", QUERY) + effect(keeps=("entities",)),
    f"{SESSION}.get(self, entity, ident, **kwargs)": _entity("select", "entity"),
    f"{SESSION}.get_one(self, entity, ident, **kwargs)": _entity("select", "entity"),
    f"{SESSION}.refresh(self, instance, **kwargs)": _entity("select", "instance"),
    # What was changed in the objects that it gave out goes out with them.
    f"{SESSION}.commit(self)": effect(Sql(operation="update", destination=BIND)),
    f"{SESSION}.flush(self, objects)": effect(Sql(operation="update", destination=BIND)),
    f"{SESSION}.expunge(self, instance)": nothing(),
    f"{SESSION}.expunge_all(self)": nothing(),
    f"{SESSION}.get_bind(self, **kwargs)": returns(ENGINE),
    f"{SESSION}.run_sync(self, fn, *args, **kwargs)": effect(Calls("fn", rest="args", keywords="kwargs")),
    **{
        f"{QUERY}.{name}(self, *args, **kwargs)": returns(QUERY)
        for name in """
            distinct enable_eagerloads execution_options filter filter_by from_statement group_by having limit
            offset options order_by populate_existing slice where with_entities with_for_update yield_per
        """.split()
    },
    **{
        f"{QUERY}.{name}(self, target, *args, **kwargs)": _entity("select", "target", QUERY)
        for name in ("join", "outerjoin", "select_from")
    },
    **{
        f"{QUERY}.{name}(self, *args, **kwargs)": nothing()
        for name in "all count exists first get one one_or_none scalar scalars subquery".split()
    },
    f"{QUERY}.delete(self, *args, **kwargs)": _entity("delete", "self.entities"),
    f"{QUERY}.update(self, values, *args, **kwargs)": _entity("update", "self.entities"),
    # statements
    "sqlalchemy.select(*table)": returns("sqlalchemy.Select", "table"),
    "sqlalchemy.insert(table)": returns("sqlalchemy.Insert", "table"),
    "sqlalchemy.update(table)": returns("sqlalchemy.Update", "table"),
    "sqlalchemy.delete(table)": returns("sqlalchemy.Delete", "table"),
    "sqlalchemy.dialects.postgresql.insert(table)": returns("sqlalchemy.Insert", "table"),
    "sqlalchemy.dialects.mysql.insert(table)": returns("sqlalchemy.Insert", "table"),
    "sqlalchemy.dialects.sqlite.insert(table)": returns("sqlalchemy.Insert", "table"),
    **_builds(
        "Select",
        """
        add_columns distinct execution_options filter filter_by group_by having limit offset options order_by
        where with_for_update with_only_columns
        """,
    ),
    **{
        f"sqlalchemy.Select.{name}(self, target, *args, **kwargs)": _entity(
            "select", "target", "sqlalchemy.Select"
        )
        for name in ("join", "outerjoin", "select_from")
    },
    **_builds(
        "Insert",
        "values returning execution_options from_select on_conflict_do_nothing prefix_with",
    ),
    "sqlalchemy.Insert.on_conflict_do_update(self, *args, **kwargs)": _entity(
        "update", "self.table", "sqlalchemy.Insert"
    ),
    "sqlalchemy.Insert.on_duplicate_key_update(self, *args, **kwargs)": _entity(
        "update", "self.table", "sqlalchemy.Insert"
    ),
    **_builds("Update", "values where returning execution_options filter filter_by"),
    **_builds("Delete", "where returning execution_options filter filter_by"),
    "sqlalchemy.Table(name, metadata, *args, **kw)": returns("sqlalchemy.Table", "name"),
    **{
        f"sqlalchemy.Table.{name}(self, *args, **kwargs)": effect(
            gives=f"sqlalchemy.{name.title()}", keeps=("self",)
        )
        for name in ("select", "insert", "update", "delete")
    },
    "sqlalchemy.Table.create(self, bind, checkfirst)": effect(
        Sql(operation="create", table="self", destination="bind.server")
    ),
    "sqlalchemy.Table.drop(self, bind, checkfirst)": effect(
        Sql(operation="drop", table="self", destination="bind.server")
    ),
    "sqlalchemy.MetaData(*args, **kwargs)": returns("sqlalchemy.MetaData"),
    "sqlalchemy.MetaData.create_all(self, bind, tables, checkfirst)": effect(
        Sql(operation="create", destination="bind.server")
    ),
    "sqlalchemy.MetaData.drop_all(self, bind, tables, checkfirst)": effect(
        Sql(operation="drop", destination="bind.server")
    ),
    "sqlalchemy.MetaData.reflect(self, bind, *args, **kwargs)": effect(
        Sql(operation="select", destination="bind.server")
    ),
    "sqlalchemy.orm.declarative_base(*args, **kwargs)": returns("sqlalchemy.orm.DeclarativeBase"),
    "sqlalchemy.inspect(subject, raiseerr)": effect(Sql(operation="select", destination="subject.server")),
}

ATTRIBUTES: dict[str, str] = {
    "sqlalchemy.orm.DeclarativeBase.metadata": "sqlalchemy.MetaData",
}
