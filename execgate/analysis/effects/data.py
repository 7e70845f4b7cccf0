"""Environment variables, databases and serialised objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from execgate.analysis import iteration, texts
from execgate.analysis.effects.binding import is_false
from execgate.analysis.effects.site import Site, first_filled, no_words
from execgate.analysis.values import (
    Const,
    Map,
    Obj,
    Ref,
    Value,
    alternatives,
)
from execgate.model.operation import (
    DatabaseOperation,
    Deserialization,
    EnvironmentAccess,
    FileOperation,
)
from execgate.model.values import Text, Unknown
from execgate.operations import entry as catalogue


def _environment(site: Site, effect: catalogue.Environment) -> None:
    names: list[Text] = list(effect.fixed)
    if effect.name is not None:
        value = site.at(effect.name)
        names += site.texts(value, "name of the variable") if value is not None else []
    elif effect.mapping is not None:
        value = site.at(effect.mapping)
        if value is None:
            return
        for alternative in alternatives(value):
            keys = iteration.exact_items(site.m, alternative) if isinstance(alternative, Map) else None
            if keys is None:
                names.append(Unknown("the names of the variables are not known"))
            else:
                names += [texts.to_text(key, "a name is not known") for key in keys]
    elif effect.within is not None:
        value = site.at(effect.within)
        for text in site.texts(value, "text") if value is not None else []:
            names += _variables(text)
        if not names:
            return
    elif not names and effect.operation == "write":
        names.append(Unknown("the names of the variables are not known"))
    if effect.operation == "list":
        site.report(EnvironmentAccess, operation="list", names=())
    else:
        for name in names:
            site.report(EnvironmentAccess, operation=effect.operation, names=(name,))


def _variables(text: Text) -> list[Text]:
    import re

    if not isinstance(text, str):
        return [Unknown("a text with variables is not known")]
    return [name or braced for name, braced in re.findall(r"\$(?:(\w+)|\{([^}]*)\})", text)]


def _sql(site: Site, effect: catalogue.Sql) -> None:
    destination = _destination(site, effect)
    if effect.statement is None:
        table = site.at(effect.table) if effect.table is not None else None
        tables = tuple(site.texts(table, "table")) if table is not None else ()
        site.report(
            DatabaseOperation, operation=effect.operation or "execute", tables=tables, destination=destination
        )
        return
    value = site.at(effect.statement)
    if value is not None:
        run_sql(site, value, destination)


def run_sql(site: Site, value: Value, destination: Text | None) -> None:
    """Record what an SQL text does."""
    from execgate.analysis.sql import statements

    dialect = _DIALECTS.get(site.entry.name.partition(".")[0])
    for text in site.texts(value, "statement"):
        site.m.work -= WORK
        for statement in statements(no_words(text), dialect):
            site.report(
                DatabaseOperation,
                operation=statement.operation,
                tables=statement.tables,
                destination=destination,
            )
            for path in statement.files:
                site.report(FileOperation, operation="write", paths=(path,))


WORK = 200
"""What reading one SQL text counts for: it takes as long as following so many expressions."""

_DIALECTS = {"sqlite3": "sqlite", "duckdb": "duckdb"}
"""The SQL of libraries that speak to one database alone."""

_DESTINATIONS = ("database", "host", "dsn", "filename", "path", "destination", "conninfo", "url")


def _destination(site: Site, effect: catalogue.Sql) -> Text | None:
    value = first_filled(site, (effect.destination or "").split("|"))
    receiver = site.bound.get("self")
    for alternative in alternatives(receiver) if receiver is not None and value is None else ():
        if isinstance(alternative, Obj):
            for name in _DESTINATIONS:
                if name in alternative.fields:
                    value = alternative.fields[name]
                    break
    if value is None:
        return None
    found = site.texts(value, "database")
    return found[0] if len(found) == 1 else Unknown("the database can be one of several")


def _deserializes(site: Site, effect: catalogue.Deserializes) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    if any(holds(site, condition) for condition in effect.unless):
        return
    value = site.at(effect.path) if effect.path is not None else None
    named = tuple(site.paths(value)) if value is not None else ()
    site.report(Deserialization, format=effect.format, paths=named)


def holds(site: Site, condition: str) -> bool:
    """Return whether a parameter is certainly set, or certainly to the thing or text behind `=`."""
    name, _, wanted = condition.partition("=")
    value = site.at(name)
    if isinstance(value, Ref):
        return value.name == wanted
    return isinstance(value, Const) and (value.value == wanted if wanted else bool(value.value))


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Environment: _environment,
    catalogue.Sql: _sql,
    catalogue.Deserializes: _deserializes,
}
"""The rules of these effects."""
