"""The catalogue in itself: complete, free of contradictions, and fast to ask."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from dataclasses import fields
from importlib import import_module

import pytest

from execgate import operations
from execgate.model import vocabulary
from execgate.operations import ATTRIBUTES, BASES, BY_LIBRARY, CATALOGUE, FAMILIES, lookup
from execgate.operations.effects import (
    Accesses,
    Calls,
    Controls,
    Deserializes,
    Dynamic,
    Effect,
    Environment,
    Files,
    Native,
    Opens,
    Pays,
    Reaches,
    Sql,
    Unlisted,
)
from execgate.operations.entry import EVERYTHING, Does, Entry, Table, parse
from execgate.operations.modules import ALIASES, LISTED, PURE, REFUSED, SENSITIVE
from execgate.operations.types import FILES

NOT_FAMILIES = frozenset(
    "aliases constants effects entry harmless libraries modules reexports shapes submodules types".split()
)

# The fields of effects that hold places.
PLACES = frozenset(
    """
    paths path mode url address host base command rest program name mapping within statement table
    destination code module packages function arguments keywords each amount currency recipient customer when source
    text data into out_of by
    """.split()
)


def _entries() -> list[Entry]:
    return [parse(key, does) for key, does in CATALOGUE.values()]


def _does() -> list[tuple[str, Does]]:
    return list(CATALOGUE.values())


def _places(effect: Effect) -> set[str]:
    """Return the parameters that an effect names."""
    found: set[str] = set()
    for field in fields(effect):  # type: ignore[arg-type]
        value = getattr(effect, field.name)
        texts = value if isinstance(value, tuple) else (value,)
        if field.name in PLACES:
            found.update(text for text in texts if isinstance(text, str))
        elif field.name == "ending_of" and value is not None:
            found.add(value)
        elif field.name == "unless":
            found.update(text.partition("=")[0] for text in texts)
        elif field.name in {"port", "shell"} and isinstance(value, str):
            found.add(value.removeprefix("!"))
        elif field.name == "method" and isinstance(value, str) and value.startswith("="):
            found.add(value[1:])
        elif field.name == "fixed" and isinstance(value, str):
            found.update(re.findall(r"\{([^}:]*)", value))
    places = {
        place for text in found for place in re.split(r"[|+*]", text) if place != "?" and place[0] != "="
    }
    return {place.replace("[", ".").partition(".")[0] for place in places}


def test_every_family_is_in_the_list() -> None:
    """A new family is one file and its line in the list."""
    files = {module.name for module in pkgutil.iter_modules(operations.__path__)} - NOT_FAMILIES
    assert sorted(FAMILIES) == sorted(files)


def _table(family: str) -> Table:
    table: Table = import_module(f"execgate.operations.{family}").TABLE
    return table


def test_no_name_stands_in_two_lines() -> None:
    names = [key.partition("(")[0] for family in FAMILIES for key in _table(family)]
    assert sorted(names) == sorted(set(names))
    assert sorted(names) == sorted(CATALOGUE)


def test_a_family_is_read_for_every_library_that_it_speaks_of() -> None:
    """Else what it lists would be unknown to a program that uses no other library of the family."""
    for family in FAMILIES:
        module = import_module(f"execgate.operations.{family}")
        tables = (module.TABLE, getattr(module, "ATTRIBUTES", {}), getattr(module, "BASES", {}))
        first = {name.partition("(")[0].partition(".")[0] for table in tables for name in table}
        if family in BY_LIBRARY:
            assert first == set(BY_LIBRARY[family].split()), family


def test_what_is_known_of_a_library_does_not_depend_on_what_was_asked_before() -> None:
    script = (
        "from execgate.operations import CATALOGUE, lookup;"
        "assert 'requests.get' in CATALOGUE;"
        "assert 'requests.nothing' not in CATALOGUE;"
        "assert lookup('paramiko.SSHClient.connect') is not None"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_every_line_stands_under_the_name_that_the_analysis_asks_for() -> None:
    """An aliased name is never looked up: its line would be dead."""
    dead = []
    for name in CATALOGUE:
        prefix = name
        while prefix:
            if prefix in ALIASES and not ALIASES[prefix].startswith(f"{prefix}."):
                dead.append(name)
            prefix = prefix.rpartition(".")[0]
    assert dead == []


def test_every_effect_names_parameters_of_its_signature() -> None:
    wrong = []
    for entry in _entries():
        names = {parameter.lstrip("*") for parameter in entry.parameters}
        wrong += [
            f"{entry.name}: {place}"
            for effect in entry.effects
            for place in sorted(_places(effect))
            if place not in names
        ]
        wrong += [f"{entry.name}: {name}" for name in entry.keeps if name not in {*names, EVERYTHING}]
    assert wrong == []


def test_a_method_names_its_receiver_first_and_nothing_else_does() -> None:
    assert [e.name for e in _entries() if "self" in e.parameters[1:]] == []


def _is_type(name: str) -> bool:
    """Return whether something is said of the methods or attributes of objects of a type."""
    name = name.partition(".{")[0]
    return (
        any(known.startswith(f"{name}.") for known in (*CATALOGUE, *ATTRIBUTES))
        or name in FILES
        or name in BASES
        or lookup(f"{name}.anything") is not None
        or _standing_is_pure(name)
    )


def _standing_is_pure(name: str) -> bool:
    while name:
        if name in PURE:
            return True
        if name in LISTED:
            return False
        name = name.rpartition(".")[0]
    return False


def test_every_type_that_comes_back_is_known() -> None:
    given = {type_name for _, does in _does() for type_name in (does.returns, does.yields) if type_name}
    inherited = {base for bases in BASES.values() for base in bases}
    assert sorted(name for name in given | inherited | set(ATTRIBUTES.values()) if not _is_type(name)) == []


def test_every_type_with_methods_can_be_had() -> None:
    had = {type_name for _, does in _does() for type_name in (does.returns, does.yields)} | set(
        ATTRIBUTES.values()
    )
    had |= {base for name, bases in BASES.items() if name in had for base in bases}
    owners = {
        entry.name.rpartition(".")[0]
        for entry in _entries()
        if entry.parameters[:1] == ("self",) and not entry.name.endswith(".__set__")
    }
    made = tuple(name.partition("{")[0] for name in had if name and "{" in name)
    assert sorted(name for name in owners - had if not f"{name}.".startswith(made or (" ",))) == []


WORDS = {
    Files: ("operation", vocabulary.FILE_OPERATIONS),
    Environment: ("operation", vocabulary.ENVIRONMENT_OPERATIONS),
    Sql: ("operation", (*vocabulary.DATABASE_OPERATIONS, None)),
    Controls: ("operation", vocabulary.PROCESS_CONTROL),
    Dynamic: ("kind", vocabulary.DYNAMIC_CODE),
    Native: ("kind", vocabulary.NATIVE_CODE),
    Deserializes: ("format", vocabulary.DESERIALIZATION),
    Accesses: ("kind", vocabulary.SYSTEM_ACCESS),
    Opens: ("kind", ("mode", "flags", "dbm", "archive")),
    Pays: ("unit", ("minor", "major", "token")),
}


def _words(value: str | None) -> set[str | None]:
    """Return the words of a field; a payment has one for each place where its amount can be."""
    return {None} if value is None else set(value.split("|"))


def test_effects_speak_the_vocabulary_of_operations() -> None:
    wrong = [
        (entry.name, getattr(effect, WORDS[type(effect)][0]))
        for entry in _entries()
        for effect in entry.effects
        if type(effect) in WORDS
        and not _words(getattr(effect, WORDS[type(effect)][0])) <= set(WORDS[type(effect)][1])
    ]
    assert wrong == []


@pytest.mark.parametrize("effect", [Native, Deserializes, Controls, Accesses])
def test_every_word_is_said_of_something(effect: type[Effect]) -> None:
    """A word that nothing means would let a policy name what it can never meet."""
    field, known = WORDS[effect]
    said = {getattr(one, field) for entry in _entries() for one in entry.effects if type(one) is effect}
    assert said == set(known)


def test_what_the_catalogue_cannot_say_has_a_reason() -> None:
    assert [
        e.name for e in _entries() for one in e.effects if isinstance(one, Unlisted) and not one.why
    ] == []


def test_a_contact_names_whom_it_contacts() -> None:
    silent = [
        entry.name
        for entry in _entries()
        for effect in entry.effects
        if isinstance(effect, Reaches)
        and not any((effect.url, effect.address, effect.host, effect.fixed, effect.default))
    ]
    assert silent == []


def test_a_function_that_is_called_with_the_rest_names_a_rest() -> None:
    wrong = [
        entry.name
        for entry in _entries()
        for effect in entry.effects
        if isinstance(effect, Calls) and effect.rest is not None and f"*{effect.rest}" not in entry.parameters
    ]
    assert wrong == []


def test_the_kinds_of_modules_exclude_each_other() -> None:
    assert not PURE & LISTED
    assert not PURE & set(REFUSED)
    assert not LISTED & set(REFUSED)
    assert all(REFUSED.values())


def test_an_alias_leads_somewhere_and_not_in_a_circle() -> None:
    for alias in ALIASES:
        name, seen = alias, set()
        while name in ALIASES:
            assert name not in seen
            seen.add(name)
            name = ALIASES[name]


def test_a_sensitive_module_is_classified() -> None:
    placed = PURE | LISTED | set(REFUSED) | set(ALIASES) | {"requests"}
    assert {
        name for name in SENSITIVE if not any(name == p or name.startswith(f"{p}.") for p in placed)
    } == set()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("builtins.open", "builtins.open"),
        ("http.client.HTTPSConnection.getresponse", "http.client.HTTPConnection.getresponse"),
        ("zipfile.PyZipFile.extractall", "zipfile.ZipFile.extractall"),
        ("ctypes.util.find_library", "ctypes.util.find_library"),
        ("tkinter.TclError", None),
        ("os.path.join", None),
        ("nothing.of.the.kind", None),
    ],
)
def test_a_name_is_looked_up_by_itself_then_by_its_bases_then_by_what_is_above(
    asked: str, found: str | None
) -> None:
    entry = lookup(asked)
    assert (entry and entry.name) == found


def test_a_signature_is_split_at_its_commas() -> None:
    assert lookup("os.rename") == Entry(
        "os.rename",
        ("src", "dst", "*", "src_dir_fd", "dst_dir_fd"),
        (Files("move", ("src", "dst")),),
    )
