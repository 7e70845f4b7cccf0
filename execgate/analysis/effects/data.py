"""Environment variables, databases and serialised objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from execgate.analysis import iteration, texts
from execgate.analysis.effects.binding import is_false
from execgate.analysis.effects.network import reach_url
from execgate.analysis.effects.site import Site, first_filled, leaves, no_words
from execgate.analysis.values import (
    Class,
    Const,
    Inst,
    Map,
    Obj,
    Ref,
    Seq,
    Value,
    alternatives,
    union,
)
from execgate.model.operation import (
    DatabaseOperation,
    Deserialization,
    EnvironmentAccess,
    FileOperation,
)
from execgate.model.values import Template, Text, Unknown
from execgate.operations import effects as catalogue
from execgate.operations.types import STATEMENTS


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
    # Behind the last brace that closes, none is looked for.
    end = text.rfind("}") + 1
    found = re.findall(r"\$(?:(\w+)|\{([^}]*)\})", text[:end])
    return [name or braced for name, braced in found] + re.findall(r"\$(\w+)", text[end:])


def _sql(site: Site, effect: catalogue.Sql) -> None:
    destination = _destination(site, effect)
    if effect.statement is None:
        tables = tuple(_tables(site, effect.table)) if effect.table is not None else ()
        site.report(
            DatabaseOperation, operation=effect.operation or "execute", tables=tables, destination=destination
        )
        return
    value = first_filled(site, effect.statement.split("|"))
    if value is not None:
        run_sql(site, value, destination)


def _opens_database(site: Site, effect: catalogue.OpensDatabase) -> None:
    value = site.at(effect.path)
    uri = site.at("uri")
    for path in site.paths(value) if value is not None else ():
        first = path.parts[0] if isinstance(path, Template) else path
        opened: Text | None = None if path in {_IN_MEMORY, ""} else path
        if not is_false(uri) and isinstance(first, str) and first.startswith("file:"):
            whole = isinstance(path, str)
            opened = _file_of(first) if whole else Unknown("the address of the database is not known")
        if opened is not None:
            site.report(FileOperation, operation="create", paths=(opened,))


def _file_of(uri: str) -> str | None:
    """Return the file that an address of SQLite names, None for a database in memory."""
    from urllib.parse import parse_qs, unquote

    place, _, query = uri.removeprefix("file:").partition("#")[0].partition("?")
    if place.startswith("//"):
        place = "/" + place[2:].partition("/")[2]
    path = unquote(place)
    in_memory = path in {_IN_MEMORY, ""} or set(parse_qs(query).get("mode", ())) == {"memory"}
    return None if in_memory else path


_IN_MEMORY = ":memory:"


def _tables(site: Site, places: str) -> list[Text]:
    """Return the tables at a place; several places are the parts of one name."""
    found: list[Text] = []
    named = (first_filled(site, place.split("|")) for place in places.split("+"))
    parts = [value for value in named if value is not None]
    if len(parts) > 1:
        joined = texts.concat([part for value in parts for part in (Const("."), value)][1:])
        return site.texts(joined, "table")
    for value in parts:
        found += _named(site, value)
    return list(dict.fromkeys(found))


def _named(site: Site, value: Value) -> list[Text]:
    """Return the names of the tables that a value stands for: names, mapped classes, their instances."""
    found: list[Text] = []
    for alternative in alternatives(value):
        items = iteration.exact_items(site.m, alternative) if isinstance(alternative, Seq) else None
        if items is not None:
            found += [name for item in items for name in _named(site, item)]
            continue
        inner: Value | None = alternative
        if isinstance(alternative, (Class, Inst)):
            cls = alternative if isinstance(alternative, Class) else alternative.cls
            inner = cls.lookup("__tablename__")
        elif isinstance(alternative, Obj):
            inner = alternative.fields.get("name")
        if inner is None:
            found.append(Unknown(f"the table of `{site.entry.name}` could not be worked out"))
        else:
            found += site.texts(inner, "table")
    return found


def run_sql(site: Site, value: Value, destination: Text | None) -> None:
    """Record what an SQL text does."""
    from execgate.analysis.sql import statements

    dialect = _DIALECTS.get(site.entry.name.partition(".")[0])
    plain: list[Value] = []
    for alternative in alternatives(value):
        if isinstance(alternative, Obj) and alternative.type in STATEMENTS:
            place = alternative.fields.get("table")
            tables = tuple(_named(site, place)) if place is not None else ()
            operation = STATEMENTS[alternative.type]
            site.report(DatabaseOperation, operation=operation, tables=tables, destination=destination)
        elif isinstance(alternative, Obj):
            plain.append(alternative.fields.get("text", alternative))
        else:
            plain.append(alternative)
    if not plain:
        return
    for text in site.texts(union(plain), "statement"):
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
            for path in statement.reads:
                if isinstance(path, str) and "://" in path:
                    reach_url(site, path, "GET")
                else:
                    site.report(FileOperation, operation="read", paths=(path,))


WORK = 200
"""What reading one SQL text counts for: it takes as long as following so many expressions."""

_DIALECTS = {"sqlite3": "sqlite", "duckdb": "duckdb"}
"""The SQL of libraries that speak to one database alone."""

_DESTINATIONS = ("server", "database", "host", "dsn", "filename", "path", "destination", "conninfo", "url")


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
    if len(found) != 1:
        return Unknown("the database can be one of several")
    if isinstance(found[0], str) and "://" in found[0]:
        from execgate.analysis import dsn

        return dsn.read(found[0])[0].name
    return found[0]


def _deserializes(site: Site, effect: catalogue.Deserializes) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    if any(holds(site, condition) for condition in effect.unless):
        return
    value = site.at(effect.path) if effect.path is not None else None
    if value is not None and all(isinstance(one, Obj) and one.type in effect.made for one in leaves(value)):
        return
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
    catalogue.OpensDatabase: _opens_database,
    catalogue.Deserializes: _deserializes,
}
"""The rules of these effects."""
